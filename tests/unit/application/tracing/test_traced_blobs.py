import pytest

from tests.factories.traces import MemoryTracing
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.tracing.traced_blobs import TracedBlobStore
from textnlp.domain.errors import TextNLPError


async def test_reading_and_writing_are_calls_of_the_trace_with_what_they_moved() -> None:
    tracing = MemoryTracing()
    store = TracedBlobStore(memory_blob_store(), tracer=tracing.tracer)
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        await store.put("box/a", b"four")
        async with store.open_writer("box/b") as writer:
            await writer.write(b"more")
        assert await store.get("box/a", offset=1, length=2) == b"ou"
        assert b"".join([piece async for piece in store.stream("box/b")]) == b"more"
        assert (await store.head("box/a")).size_bytes == 4
        await store.move("box/a", "box/c")
        await store.delete("box/c")
        with pytest.raises(TextNLPError):
            await store.get("box/c")
        assert [blob.path async for blob in store.entries("box/")] == ["box/b"]
    await store.check()
    await store.aclose()
    calls = tracing.spans()[1:]
    assert [span.name for span in calls] == [
        *("put box", "put box", "get box", "get box", "head box", "move box", "delete box", "get box"),
    ]
    assert [span.has_failed for span in calls] == [False] * 7 + [True]
    assert calls[0].attributes["textnlp.blob.size"] == 4
    assert calls[2].attributes["textnlp.blob.size"] == 2
    assert {span.attributes["peer.service"] for span in calls} == {"blobs"}
    assert calls[-1].attributes["error.type"] == "not_found"
