import subprocess
import sys

import pytest

from textnlp.adapters.blobs.obstore_store import memory_blob_store

_SHORT_PROCESS = """
import asyncio
from textnlp.adapters.blobs.obstore_store import memory_blob_store

async def main():
    store = memory_blob_store()
    for number in range(50):
        await store.put(str(number), b"x")
        await store.get(str(number))

asyncio.run(main())
"""


async def test_two_memory_stores_share_nothing() -> None:
    one, other = memory_blob_store(), memory_blob_store()
    await one.put("a", b"x")
    assert [info.path async for info in other.entries()] == []


@pytest.mark.slow
def test_a_process_that_used_it_ends_without_an_abort() -> None:
    for _ in range(8):
        assert subprocess.run([sys.executable, "-c", _SHORT_PROCESS], check=False).returncode == 0
