import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.seed_files import scratch as scratch_module
from textnlp.adapters.seed_files.record import SeedRecord
from textnlp.adapters.seed_files.scratch import SeedScratch
from textnlp.domain.errors import ErrorKind, TextNLPError

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@given(rows=st.lists(st.fixed_dictionaries({"a": _VALUES, "b": _VALUES}), max_size=20), data=st.data())
async def test_values_come_back_as_they_were(rows: list[dict[str, object]], data: st.DataObject) -> None:
    half = len(rows) // 2
    numbers = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=10)) if rows else []
    scratch = SeedScratch()
    scratch.append(SeedRecord(row, {"line": line}) for line, row in enumerate(rows[:half]))
    scratch.append(SeedRecord(row, {"line": half + line}) for line, row in enumerate(rows[half:]))
    scratch.finish(("a", "b"))
    seeds = await scratch.read(numbers)
    await scratch.aclose()
    assert scratch.total == len(rows)
    assert [(seed.number, dict(seed.values), seed.origin) for seed in seeds] == [
        (number, rows[number], {"line": number}) for number in numbers
    ]


async def test_memory_does_not_grow_with_the_number_of_seeds() -> None:
    scratch = SeedScratch()
    tracemalloc.start()
    scratch.append(SeedRecord({"text": f"{number} {'x' * 200}"}, {}) for number in range(50_000))
    scratch.finish(("text",))
    seeds = await scratch.read([49_999, 0])
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await scratch.aclose()
    assert [seed.values["text"].split()[0] for seed in seeds] == ["49999", "0"]
    assert peak_bytes < 5_000_000


async def test_closing_ends_a_writing_that_goes_on() -> None:
    scratch = SeedScratch()

    def records() -> Iterator[SeedRecord]:
        yield SeedRecord({"a": 1}, {})
        scratch._close()  # pyright: ignore[reportPrivateUsage]
        yield SeedRecord({"a": 2}, {})

    with pytest.raises(TextNLPError) as caught:
        scratch.append(records())
    assert caught.value.kind is ErrorKind.INTERNAL


async def test_seeds_have_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch_module, "MAX_SCRATCH_BYTES", 100)
    scratch = SeedScratch()
    with pytest.raises(TextNLPError) as caught:
        scratch.append(SeedRecord({"a": "x" * 10}, {}) for _ in range(10))
    await scratch.aclose()
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.TOO_LARGE, "seeds")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has a device that is always full")
async def test_a_full_disk_is_said() -> None:
    scratch = SeedScratch()
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, scratch._seeds.fileno())  # pyright: ignore[reportPrivateUsage]
    os.close(full)
    scratch.append([SeedRecord({"a": 1}, {})])
    with pytest.raises(TextNLPError) as caught:
        scratch.finish(("a",))
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await scratch.aclose()


async def test_files_have_no_name_and_are_gone(tmp_path: Path) -> None:
    scratch = SeedScratch(tmp_path)
    scratch.append([SeedRecord({"a": 1}, {})])
    scratch.finish(("a",))
    assert not names_in(tmp_path)
    await scratch.aclose()
    assert not names_in(tmp_path)
