import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from tests.factories.backups import make_blobs, make_database, make_place, make_sources
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.read_content import read_entries
from textnlp.application.backups.verify_backup import require_whole, verify_backup
from textnlp.domain.backups.addresses import manifest_path, object_path
from textnlp.domain.backups.manifest import Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError

Harm = Callable[[BackupPlace, list[str]], Awaitable[None]]


async def backed_up() -> tuple[BackupPlace, Manifest, dict[str, list[str]]]:
    """Return a backup, and the objects of each of its entries by what it is."""
    place = make_place()
    blobs = await make_blobs(generations__a=bytes(range(251)) * 36_000, generations__b=b"two")
    manifest = await create_backup(place, make_sources(make_database(6_000), blobs))
    return place, manifest, {e.label: list(e.chunks) async for e in read_entries(place, manifest)}


async def change(place: BackupPlace, names: list[str]) -> None:
    path = object_path(place.root, names[0])
    data = bytearray(await place.store.get(path))
    data[len(data) // 2] ^= 1
    await place.store.put(path, bytes(data))


async def cut_off(place: BackupPlace, names: list[str]) -> None:
    path = object_path(place.root, names[0])
    await place.store.put(path, (await place.store.get(path))[:-1])


async def empty(place: BackupPlace, names: list[str]) -> None:
    await place.store.put(object_path(place.root, names[0]), b"")


async def remove(place: BackupPlace, names: list[str]) -> None:
    await place.store.delete(object_path(place.root, names[0]))


async def exchange(place: BackupPlace, names: list[str]) -> None:
    first, second = (object_path(place.root, name) for name in names[:2])
    data = await place.store.get(first)
    await place.store.put(first, await place.store.get(second))
    await place.store.put(second, data)


async def lengthen(place: BackupPlace, names: list[str]) -> None:
    await place.store.put(object_path(place.root, names[0]), bytes(5_000_000))


async def test_a_backup_that_is_as_it_was_written_has_no_fault() -> None:
    place, manifest, entries = await backed_up()
    found = await verify_backup(place, manifest.id)
    assert found.faults == ()
    assert (found.entries, found.read_bytes) == (len(entries), manifest.size_bytes)
    require_whole(found)


@pytest.mark.parametrize("harm", [change, cut_off, empty, remove, exchange, lengthen])
@pytest.mark.parametrize("label", ["table batch_rows", "file blobs/generations/a"])
async def test_whatever_happens_to_an_object_is_found_and_named(harm: Harm, label: str) -> None:
    place, manifest, entries = await backed_up()
    assert len(entries[label]) >= 2
    await harm(place, entries[label])
    found = await verify_backup(place, manifest.id)
    assert len(found.faults) == 1
    assert label in found.faults[0]
    assert entries[label][0] in found.faults[0]
    with pytest.raises(TextNLPError, match="not whole"):
        require_whole(found)


@pytest.mark.parametrize("harm", [change, cut_off, remove])
async def test_whatever_happens_to_the_index_is_found(harm: Harm) -> None:
    place, manifest, _ = await backed_up()
    await harm(place, list(manifest.index.chunks))
    assert manifest.index.chunks[0] in (await verify_backup(place, manifest.id)).faults[0]


async def test_several_faults_are_all_named() -> None:
    place, manifest, entries = await backed_up()
    await remove(place, entries["file blobs/generations/b"])
    await remove(place, entries["table batch_rows"])
    assert len((await verify_backup(place, manifest.id)).faults) == 2


async def test_a_manifest_that_was_changed_or_put_in_the_place_of_another_is_refused() -> None:
    place, first, _ = await backed_up()
    second = await create_backup(place, make_sources(make_database(3)))
    paths = [manifest_path(place.root, each.id) for each in (first, second)]
    await place.store.put(paths[1], await place.store.get(paths[0]))
    assert "cannot be used" in (await verify_backup(place, second.id)).faults[0]
    data = bytearray(await place.store.get(paths[0]))
    data[-1] ^= 1
    await place.store.put(paths[0], bytes(data))
    assert first.id in (await verify_backup(place, first.id)).faults[0]


@pytest.mark.parametrize("name", ["backup_" + "0" * 26, "../../../etc/passwd", ""])
async def test_a_backup_that_does_not_exist_is_told(name: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await verify_backup(make_place(), name)
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_backup_that_is_removed_while_it_is_read_is_not_called_damaged() -> None:
    place, manifest, entries = await backed_up()
    await remove(place, entries["table batch_rows"])
    vanishing = VanishingPlace(**{field.name: getattr(place, field.name) for field in dataclasses.fields(place)})
    with pytest.raises(TextNLPError, match="removed while") as caught:
        await verify_backup(vanishing, manifest.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND


class VanishingPlace(BackupPlace):
    """Lists no backup, as if it had been removed."""

    async def backup_ids(self) -> list[str]:
        return []
