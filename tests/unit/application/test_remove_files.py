import dataclasses
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, cast

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import CLOCK, memory_job_ports
from textnlp.application.find_file import find_file
from textnlp.application.job_ports import FilePorts
from textnlp.application.remove_files import remove_expired_files, remove_file
from textnlp.application.store_file import store_file
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.identity.tenant import LOCAL_OWNER


async def stored(ports: FilePorts, data: bytes = b"x", *, max_bytes: int = 100) -> StoredFile:
    async def pieces() -> AsyncGenerator[bytes]:
        for place in range(0, len(data), 10):
            yield data[place : place + 10]

    return await store_file(
        ports, pieces(), name="a.txt", purpose=FilePurpose.BATCH, owner=LOCAL_OWNER, max_bytes=max_bytes
    )


async def paths(ports: FilePorts) -> list[str]:
    return [blob.path async for blob in ports.blobs.entries()]


async def test_a_removed_file_leaves_no_bytes() -> None:
    ports = memory_job_ports().files
    file = await stored(ports)
    assert await paths(ports) == [file.blob_path]
    await remove_file(ports, file.id)
    assert await paths(ports) == []
    with pytest.raises(TextNLPError) as caught:
        await remove_file(ports, file.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_expired_files_cannot_be_found_and_are_removed() -> None:
    ports = memory_job_ports().files
    kept = await stored(ports)
    late = dataclasses.replace(await stored(ports), expires_at=CLOCK.now() - timedelta(seconds=1))
    await ports.catalog.remove(late.id)
    await ports.catalog.add(late)
    with pytest.raises(TextNLPError) as caught:
        await find_file(ports, late.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert await remove_expired_files(ports) == 1
    assert await paths(ports) == [kept.blob_path]
    assert await find_file(ports, kept.id) == kept


@pytest.mark.parametrize(("data", "kind"), [(b"x" * 101, ErrorKind.TOO_LARGE), (b"", ErrorKind.INVALID_INPUT)])
async def test_a_refused_file_leaves_no_bytes(data: bytes, kind: ErrorKind) -> None:
    ports = memory_job_ports().files
    with pytest.raises(TextNLPError) as caught:
        await stored(ports, data)
    assert caught.value.kind is kind
    assert await paths(ports) == []


async def test_a_file_that_cannot_be_listed_leaves_no_bytes() -> None:
    class Away:
        async def add(self, file: StoredFile) -> None:
            raise TextNLPError(f"No place for {file.id}.", kind=ErrorKind.UNAVAILABLE)

    ports = dataclasses.replace(memory_job_ports().files, catalog=cast("Any", Away()))
    with pytest.raises(TextNLPError):
        await stored(ports)
    assert await paths(ports) == []


async def test_a_file_without_an_end_goes_when_the_topology_keeps_it_no_longer() -> None:
    clock = ManualClock(now=CLOCK.now())
    ports = dataclasses.replace(memory_job_ports().files, clock=clock)
    old = dataclasses.replace(await stored(ports), expires_at=None)
    await ports.catalog.remove(old.id)
    await ports.catalog.add(old)
    await clock.advance(timedelta(days=364).total_seconds())
    assert await remove_expired_files(ports) == 0
    await clock.advance(timedelta(days=2).total_seconds())
    assert await remove_expired_files(ports) == 1
    assert await paths(ports) == []
