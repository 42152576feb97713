import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.file_catalog import PostgresFileCatalog
from textnlp.adapters.database.memory_file_catalog import MemoryFileCatalog
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.identifiers import FileId, new_file_id
from textnlp.ports.file_catalog import FileCatalog

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def catalog(request: pytest.FixtureRequest) -> FileCatalog:
    if request.param == "memory":
        return MemoryFileCatalog()
    return PostgresFileCatalog(request.getfixturevalue("database"))


def file(hour: int = 0, *, purpose: FilePurpose = FilePurpose.BATCH, expires_at: datetime | None = None) -> StoredFile:
    made_at = NOON + hour * HOUR
    file_id = new_file_id(made_at)
    return StoredFile(
        id=file_id,
        name="é in.jsonl",
        purpose=purpose,
        size_bytes=5_000_000_000,
        blob_path=f"prompts/user-content/{file_id}/in.jsonl",
        created_at=made_at,
        expires_at=expires_at,
        tenant="a",
        caller="b",
    )


async def test_a_file_is_returned_as_it_was_added(catalog: FileCatalog) -> None:
    one = file(expires_at=NOON + HOUR)
    await catalog.add(one)
    assert await catalog.get(one.id) == one
    with pytest.raises(TextNLPError) as caught:
        await catalog.add(one)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_files_are_listed_by_age_page_by_page(catalog: FileCatalog) -> None:
    files = [file(hour) for hour in (2, 0, 1)]
    twin = dataclasses.replace(file(1), id=FileId("file-zz"))
    for each in (*files, twin):
        await catalog.add(each)
    newest = [files[0].id, twin.id, files[2].id, files[1].id]
    for is_oldest_first, expected in ((False, newest), (True, newest[::-1])):
        listed: list[FileId] = []
        after: FileId | None = None
        while page := await catalog.page(at=NOON, after=after, is_oldest_first=is_oldest_first, limit=1):
            listed += [each.id for each in page]
            after = page[-1].id
        assert listed == expected


async def test_only_files_of_a_purpose_are_listed_and_none_that_expired(catalog: FileCatalog) -> None:
    batch, output = file(), file(purpose=FilePurpose.BATCH_OUTPUT)
    gone, later = file(expires_at=NOON + HOUR), file(expires_at=NOON + 2 * HOUR)
    for each in (batch, output, gone, later):
        await catalog.add(each)
    listed = await catalog.page(at=NOON + HOUR)
    assert {each.id for each in listed} == {batch.id, output.id, later.id}
    assert [each.id for each in await catalog.page(at=NOON, purpose=FilePurpose.BATCH_OUTPUT)] == [output.id]
    assert [each.id for each in await catalog.expired(NOON + HOUR)] == [gone.id]
    assert [each.id for each in await catalog.expired(NOON + 3 * HOUR, limit=1)] == [gone.id]


async def test_files_that_never_expire_are_listed_once_they_are_too_old(catalog: FileCatalog) -> None:
    old, young = file(), file(2)
    for each in (old, young):
        await catalog.add(each)
    assert await catalog.expired(NOON + 9_000 * HOUR) == []
    assert [each.id for each in await catalog.expired(NOON, older_than=NOON + HOUR)] == [old.id]


async def test_a_file_that_was_removed_is_gone(catalog: FileCatalog) -> None:
    one = file()
    await catalog.add(one)
    await catalog.remove(one.id)
    assert await catalog.page(at=NOON) == []


@pytest.mark.parametrize("unknown", ["file-unknown", "\0", "\ud800"])
async def test_what_is_not_there_is_not_found(catalog: FileCatalog, unknown: str) -> None:
    file_id = FileId(unknown)
    for call in (catalog.get(file_id), catalog.remove(file_id), catalog.page(at=NOON, after=file_id)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_tenant_reaches_its_own_files_only(catalog: FileCatalog) -> None:
    mine, theirs = (dataclasses.replace(file(expires_at=NOON), tenant=tenant) for tenant in ("mine", "theirs"))
    ours = catalog.for_tenant("mine")
    await ours.add(mine)
    await catalog.add(theirs)
    before = NOON - HOUR
    assert [each.id for each in await ours.page(at=before)] == [mine.id]
    assert [each.id for each in await ours.expired(NOON)] == [mine.id]
    for call in (ours.get(theirs.id), ours.remove(theirs.id), ours.page(at=before, after=theirs.id)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND
    with pytest.raises(TextNLPError) as caught:
        await ours.add(dataclasses.replace(file(), tenant="theirs"))
    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert {each.id for each in await catalog.page(at=before)} == {mine.id, theirs.id}
    await ours.remove(mine.id)
    assert (await catalog.get(theirs.id)).tenant == "theirs"
