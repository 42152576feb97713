from collections.abc import AsyncGenerator, Iterable

from hypothesis import given
from hypothesis import strategies as st

from textnlp.application.backups.compare_paths import MissingPaths
from textnlp.domain.backups.manifest import MISSING_NAMED

paths = st.lists(st.text("ab/é😀", min_size=1, max_size=4), max_size=30)


async def lines_of(texts: Iterable[str]) -> AsyncGenerator[bytes]:
    for text in texts:
        yield text.encode()


async def missing_of(referred: Iterable[str], there: Iterable[str]) -> MissingPaths:
    missing = MissingPaths(lines_of(sorted(referred)))
    for path in sorted(there):
        await missing.note(path)
    await missing.end()
    return missing


@given(paths, st.sets(st.text("ab/é😀", min_size=1, max_size=4), max_size=30))
async def test_what_is_referred_to_and_not_there_is_missing(referred: list[str], there: set[str]) -> None:
    missing = await missing_of(referred, there)
    assert list(missing.named) == sorted(set(referred) - there)
    assert missing.count == len(missing.named)


async def test_all_are_counted_and_the_first_hundred_named() -> None:
    missing = await missing_of((f"{number:06}" for number in range(1_000)), ["000000"])
    assert missing.count == 999
    assert missing.named == tuple(f"{number:06}" for number in range(1, MISSING_NAMED + 1))
