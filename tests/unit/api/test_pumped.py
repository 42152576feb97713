import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from textnlp.api.pumped import pumped_together
from textnlp.domain.errors import ErrorKind, TextNLPError


class Source:
    """Yields `items`, then raises, waits for ever or ends; tells whether it was closed."""

    def __init__(self, *items: str, error: Exception | None = None, waits: bool = False) -> None:
        self.items = items
        self.error = error
        self.waits = waits
        self.is_closed = False

    async def run(self) -> AsyncGenerator[str]:
        try:
            for item in self.items:
                yield item
            if self.error is not None:
                raise self.error
            if self.waits:
                await asyncio.Event().wait()
        finally:
            self.is_closed = True


async def test_what_a_source_yields_is_yielded() -> None:
    items = [item async for item in pumped_together([Source("a", "b").run()], timeout_seconds=5)]
    assert items == [(0, "a"), (0, "b")]


async def test_items_of_several_sources_carry_their_place() -> None:
    sources = [Source("a", "b").run(), Source().run(), Source("c").run()]
    items = [item async for item in pumped_together(sources, timeout_seconds=5)]
    assert sorted(items) == [(0, "a"), (0, "b"), (2, "c")]


async def test_what_one_source_raises_is_raised_and_the_others_are_closed() -> None:
    waiting, failing = Source("a", waits=True), Source(error=ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        async for _ in pumped_together([waiting.run(), failing.run()], timeout_seconds=5):
            pass
    assert waiting.is_closed


async def test_what_takes_too_long_times_out() -> None:
    with pytest.raises(TextNLPError) as caught:
        async for _ in pumped_together([Source("a", waits=True).run()], timeout_seconds=0.01):
            pass
    assert caught.value.kind is ErrorKind.TIMEOUT


async def test_leaving_closes_every_source() -> None:
    sources = [Source("a", waits=True), Source("b", waits=True)]
    async with contextlib.aclosing(pumped_together([each.run() for each in sources], timeout_seconds=5)) as items:
        await anext(items)
    assert all(source.is_closed for source in sources)
