from collections.abc import AsyncGenerator

from textnlp.api.closing import closed_after


async def test_the_source_of_a_response_is_closed_by_the_task() -> None:
    is_closed = False

    async def source() -> AsyncGenerator[int]:
        nonlocal is_closed
        try:
            yield 1
            yield 2
        finally:
            is_closed = True

    pieces = source()
    assert await anext(pieces) == 1
    await closed_after(pieces)()
    assert is_closed
