"""What every blob store does."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doubles.azurite import Azurite, azure_storage
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.blobs.azure_account import azure_account
from textnlp.adapters.blobs.azure_container import AzureContainerBlobStore
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.blobs.settling import Patience
from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import STORAGE
from textnlp.ports.blob_store import BlobInfo, BlobStore

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NUMBERS = itertools.count()
_PATIENCE = Patience(quiet_seconds=0.1, empty_seconds=0.3, rescan_seconds=5.0)
_UNREACHABLE = [
    "",
    "/etc/passwd",
    "..",
    "../outside",
    "a/../../outside",
    "a//b",
    "./a",
    "a/.",
    "a/",
    "a\\b",
    "a\x00b",
    "line\nbreak",
    "c1\x85",
    "half\ud800",
    "n" * 256,
    "/".join(["n" * 100] * 11),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def azurite() -> AsyncIterator[Azurite]:
    async with azure_storage() as (opened, _):
        yield opened


@pytest_asyncio.fixture(params=["memory", "local", "azure"], loop_scope="module")
async def store(request: pytest.FixtureRequest, tmp_path: Path, azurite: Azurite) -> AsyncIterator[BlobStore]:
    async with contextlib.AsyncExitStack() as stack:
        if request.param == "memory":
            opened: BlobStore = memory_blob_store()
        elif request.param == "local":
            opened = local_blob_store(tmp_path / "blobs", clock=SystemClock(), patience=_PATIENCE)
        else:
            opened = await _azure_container(stack, azurite)
        stack.push_async_callback(opened.aclose)
        yield opened


async def _azure_container(stack: contextlib.AsyncExitStack, azurite: Azurite) -> BlobStore:
    authority = azurite.certificates.authority
    tokens = await stack.enter_async_context(
        contextlib.aclosing(EntraAccessTokens(clock=SystemClock(), ca_file=authority))
    )
    await tokens.token(STORAGE)
    name = f"contract-{next(_NUMBERS)}"
    account = azure_account(azurite.url, tokens=tokens, clock=SystemClock(), ca_file=authority, poll_seconds=0.1)
    stack.push_async_callback(account.service.aclose)
    await azurite.make_containers(name)
    return AzureContainerBlobStore(name, account=account)


async def _paths(store: BlobStore, prefix: str = "") -> list[str]:
    return [info.path async for info in store.entries(prefix)]


async def _kind_of(call: Awaitable[object]) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await call
    return caught.value.kind


async def _next(infos: AsyncGenerator[BlobInfo]) -> BlobInfo:
    return await asyncio.wait_for(anext(infos), 10)


async def _nothing_comes(infos: AsyncGenerator[BlobInfo], *, within_seconds: float = 0.3) -> bool:
    """Tell whether nothing comes; the watch is closed by the cancellation."""
    try:
        await asyncio.wait_for(anext(infos), within_seconds)
    except TimeoutError:
        return True
    return False


async def test_a_blob_is_read_as_it_was_written(store: BlobStore) -> None:
    info = await store.put("folder/blob.bin", b"\x00\xffdata")
    assert await store.get("folder/blob.bin") == b"\x00\xffdata"
    assert info.path == "folder/blob.bin"
    assert info.size_bytes == 6
    assert info.modified_at.tzinfo is not None
    assert await store.head("folder/blob.bin") == info


async def test_an_empty_blob_is_a_blob(store: BlobStore) -> None:
    await store.put("empty", b"")
    assert await store.get("empty") == b""
    assert [piece async for piece in store.stream("empty")] == []
    assert await _paths(store) == ["empty"]


@pytest.mark.parametrize(
    "path",
    ["a b.txt", "50%.txt", "x%20y", "ü.txt", "[v]*?.txt", "q'\"<>|^`{}.txt", "😀", "a#1", "a:b", ".hidden/x", "~x"],
)
async def test_any_printable_name_is_a_name(store: BlobStore, path: str) -> None:
    await store.put(path, b"x")
    assert await store.get(path) == b"x"
    assert await _paths(store) == [path]


async def test_writing_again_replaces_the_bytes_and_the_etag(store: BlobStore) -> None:
    etags = {(await store.put("a", text)).etag for text in [b"one", b"two", b"one"]}
    assert len(etags) == 3
    assert await store.get("a") == b"one"


async def test_etags_never_come_back(store: BlobStore) -> None:
    etags = [(await store.put("a", b"x")).etag for _ in range(50)]
    assert len(set(etags)) == 50


async def test_what_is_not_there_is_not_found(store: BlobStore) -> None:
    await store.put("a", b"x")
    for path in ["b", "a/b", "folder"]:
        assert await _kind_of(store.get(path)) is ErrorKind.NOT_FOUND
        assert await _kind_of(store.get(path, offset=1, length=2)) is ErrorKind.NOT_FOUND
        assert await _kind_of(store.head(path)) is ErrorKind.NOT_FOUND
        assert await _kind_of(store.move(path, "c")) is ErrorKind.NOT_FOUND
        with pytest.raises(TextNLPError):
            _ = [piece async for piece in store.stream(path)]
        await store.delete(path)
    assert await _paths(store) == ["a"]


async def test_a_folder_of_blobs_is_no_blob(store: BlobStore) -> None:
    await store.put("folder/a", b"x")
    assert await _kind_of(store.get("folder")) is ErrorKind.NOT_FOUND
    assert await _kind_of(store.head("folder")) is ErrorKind.NOT_FOUND


async def test_writing_if_absent_leaves_what_is_there(store: BlobStore) -> None:
    await store.put("a", b"first", if_absent=True)
    assert await _kind_of(store.put("a", b"second", if_absent=True)) is ErrorKind.CONFLICT
    assert await store.get("a") == b"first"


async def test_writing_if_unchanged_takes_only_the_current_etag(store: BlobStore) -> None:
    first = await store.put("a", b"1")
    second = await store.put("a", b"2", if_etag=first.etag)
    assert await _kind_of(store.put("a", b"3", if_etag=first.etag)) is ErrorKind.CONFLICT
    assert await store.get("a") == b"2"
    await store.delete("a")
    assert await _kind_of(store.put("a", b"4", if_etag=second.etag)) is ErrorKind.CONFLICT
    assert await _paths(store) == []


async def test_of_many_conditional_writers_one_wins(store: BlobStore) -> None:
    first = await store.put("a", b"0")
    writes = [store.put("a", str(number).encode(), if_etag=first.etag) for number in range(20)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    won = [result for result in results if isinstance(result, BlobInfo)]
    assert len(won) == 1
    assert (await store.head("a")).etag == won[0].etag


async def test_of_many_creators_one_wins(store: BlobStore) -> None:
    writes = [store.put("new/a", str(number).encode(), if_absent=True) for number in range(20)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(result, BlobInfo) for result in results) == 1


async def test_a_reader_never_sees_a_mixture(store: BlobStore) -> None:
    versions = [bytes([letter]) * 200_000 for letter in b"abcdefgh"]
    await store.put("a", versions[0])

    async def write_all() -> None:
        for version in versions * 3:
            await store.put("a", version)

    writing = asyncio.create_task(write_all())
    while not writing.done():
        assert await store.get("a") in versions
    await writing


async def test_parts_are_read_without_the_rest(store: BlobStore) -> None:
    await store.put("a", b"0123456789")
    assert await store.get("a", offset=3) == b"3456789"
    assert await store.get("a", offset=3, length=4) == b"3456"
    assert await store.get("a", offset=8, length=100) == b"89"
    assert await store.get("a", length=0) == b""
    assert await store.get("a", offset=10) == b""
    assert await store.get("a", offset=100, length=5) == b""
    assert await _kind_of(store.get("a", offset=-1)) is ErrorKind.INVALID_INPUT


async def test_streaming_gives_all_bytes_in_pieces(store: BlobStore) -> None:
    data = bytes(range(256)) * 1000
    await store.put("a", data)
    pieces = [piece async for piece in store.stream("a", chunk_bytes=10_000)]
    assert b"".join(pieces) == data
    assert max(len(piece) for piece in pieces) <= 10_000


async def test_a_large_blob_appears_when_it_is_whole(store: BlobStore) -> None:
    piece = b"x" * 3_000_000
    async with store.open_writer("big/blob") as writer:
        for _ in range(4):
            await writer.write(piece)
        assert await _paths(store) == []
    assert (await store.head("big/blob")).size_bytes == 12_000_000
    assert await _paths(store) == ["big/blob"]


async def test_a_writer_that_wrote_nothing_leaves_an_empty_blob(store: BlobStore) -> None:
    async with store.open_writer("a"):
        pass
    assert await store.get("a") == b""


async def test_a_writer_that_fails_leaves_nothing(store: BlobStore) -> None:
    await store.put("there", b"before")
    for path in ["there", "fresh/blob"]:
        with contextlib.suppress(ZeroDivisionError):
            async with store.open_writer(path) as writer:
                await writer.write(b"x" * 9_000_000)
                raise ZeroDivisionError
    assert await _paths(store) == ["there"]
    assert await store.get("there") == b"before"


async def test_a_cancelled_writer_leaves_nothing(store: BlobStore) -> None:
    is_writing = asyncio.Event()

    async def write() -> None:
        async with store.open_writer("a") as writer:
            while True:
                await writer.write(b"x" * 2_000_000)
                is_writing.set()

    task = asyncio.create_task(write())
    await is_writing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _paths(store) == []


async def test_listing_is_sorted_by_the_whole_path(store: BlobStore) -> None:
    paths = ["a-b", "a/b", "a/b-c", "a/b.d/e", "a.b", "a0", "b", "B", "ä", "z/z/z"]
    for path in paths:
        await store.put(path, b"x")
    assert await _paths(store) == sorted(paths)


async def test_a_prefix_is_a_folder_or_the_start_of_a_name(store: BlobStore) -> None:
    for path in ["logs/1", "logs/10", "logs/2/3", "logs-old/1", "log"]:
        await store.put(path, b"x")
    assert await _paths(store, "logs/") == ["logs/1", "logs/10", "logs/2/3"]
    assert await _paths(store, "logs/1") == ["logs/1", "logs/10"]
    assert await _paths(store, "logs") == ["logs-old/1", "logs/1", "logs/10", "logs/2/3"]
    assert await _paths(store, "logs/2/3") == ["logs/2/3"]
    assert await _paths(store, "nothing/") == []


@pytest.mark.parametrize("prefix", ["/", "../", "a/../", "a//", "x\n"])
async def test_a_prefix_cannot_leave_the_store(store: BlobStore, prefix: str) -> None:
    assert await _kind_of(_paths(store, prefix)) is ErrorKind.INVALID_INPUT


async def test_moving_renames_and_replaces(store: BlobStore) -> None:
    await store.put("a", b"moved")
    await store.put("to/b", b"replaced")
    info = await store.move("a", "to/b")
    assert info.path == "to/b"
    assert await store.get("to/b") == b"moved"
    assert await _paths(store) == ["to/b"]
    assert info == await store.head("to/b")


async def test_moving_onto_itself_keeps_the_blob(store: BlobStore) -> None:
    await store.put("a", b"x")
    await store.move("a", "a")
    assert await store.get("a") == b"x"


async def test_deleting_is_repeatable(store: BlobStore) -> None:
    await store.put("a/b", b"x")
    await store.delete("a/b")
    await store.delete("a/b")
    assert await _paths(store) == []


@pytest.mark.parametrize("path", _UNREACHABLE)
async def test_what_is_no_path_is_refused_everywhere(store: BlobStore, path: str) -> None:
    await store.put("a", b"x")
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: store.put(path, b""),
        lambda: store.get(path),
        lambda: store.head(path),
        lambda: store.move("a", path),
        lambda: store.move(path, "b"),
        lambda: store.delete(path),
    ]
    for call in calls:
        assert await _kind_of(call()) is ErrorKind.INVALID_INPUT
    assert await _paths(store) == ["a"]


async def test_a_path_is_valid_in_every_store_or_in_none(tmp_path: Path) -> None:
    memory = memory_blob_store()
    local = local_blob_store(tmp_path / "root", clock=SystemClock())
    hostile = st.text(st.sampled_from([*"ab./\\~#% ", "\x00", "\n", "ü", "\ud800", "\u2028"]), max_size=12)

    @given(path=hostile)
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(path: str) -> None:
        async def outcome(store: BlobStore) -> str:
            try:
                await store.put(path, b"x")
                assert await _paths(store) == [path]
                await store.delete(path)
            except TextNLPError as error:
                return error.kind.value
            return "written"

        outcomes = {asyncio.run(outcome(memory)), asyncio.run(outcome(local))}
        assert len(outcomes) == 1
        assert [entry.name for entry in tmp_path.iterdir()] == ["root"]

    await asyncio.to_thread(check)
    await memory.aclose()
    await local.aclose()


async def test_watching_tells_what_is_there_then_what_comes(store: BlobStore) -> None:
    await store.put("in/b", b"2")
    await store.put("in/a", b"1")
    await store.put("elsewhere/c", b"3")
    async with contextlib.aclosing(store.watch("in/")) as infos:
        assert [(await _next(infos)).path for _ in range(2)] == ["in/a", "in/b"]
        await store.put("elsewhere/d", b"4")
        written = await store.put("in/deep/e", b"5")
        assert await _next(infos) == written
        async with store.open_writer("in/f") as writer:
            await writer.write(b"6")
        assert (await _next(infos)).path == "in/f"
        await store.move("elsewhere/d", "in/g")
        assert (await _next(infos)).path == "in/g"
        assert await _nothing_comes(infos)


async def test_a_blob_written_again_is_told_again(store: BlobStore) -> None:
    async with contextlib.aclosing(store.watch("in/")) as infos:
        first = await store.put("in/a", b"1")
        assert await _next(infos) == first
        second = await store.put("in/a", b"2")
        assert await _next(infos) == second


async def test_a_blob_that_left_and_came_back_is_told_again(store: BlobStore) -> None:
    async with contextlib.aclosing(store.watch("in/")) as infos:
        await store.put("in/a", b"1")
        await _next(infos)
        await store.move("in/a", "done/a")
        await store.put("in/a", b"1")
        assert (await _next(infos)).path == "in/a"


async def test_hidden_and_temporary_names_are_not_told(store: BlobStore) -> None:
    await store.put("in/.hidden", b"x")
    async with contextlib.aclosing(store.watch("in/")) as infos:
        for path in ["in/.x.swp", "in/a.tmp", "in/a.part", "in/.folder/a", "in/a~"]:
            await store.put(path, b"x")
        await store.put("in/last", b"x")
        assert (await _next(infos)).path == "in/last"


async def test_a_watch_ends_when_it_is_closed(store: BlobStore) -> None:
    before = asyncio.all_tasks()
    infos = store.watch("in/")
    waiting = asyncio.ensure_future(anext(infos))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await infos.aclose()
    assert asyncio.all_tasks() == before


async def test_two_watches_are_told_alike(store: BlobStore) -> None:
    async with contextlib.aclosing(store.watch("")) as one, contextlib.aclosing(store.watch("in/")) as other:
        first, second = asyncio.ensure_future(_next(one)), asyncio.ensure_future(_next(other))
        await asyncio.sleep(0.05)
        await store.put("in/a", b"1")
        assert [(await first).path, (await second).path] == ["in/a", "in/a"]


async def test_a_store_in_order_says_so_and_closes_twice(store: BlobStore) -> None:
    await store.check()
    assert await _paths(store) == []
    await store.aclose()
    await store.aclose()
