import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.datasets.candidate import CandidateRecord, ColumnUse, decode_candidate, encode_candidate, uses_of
from textnlp.domain.datasets.model import CellRecord, CellUse, DatasetRow, Reason, RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)
USAGES = st.builds(Usage, prompt_tokens=st.integers(0, 10**9), completion_tokens=st.integers(0, 10**9))
CELLS = st.builds(
    CellRecord, column=st.text("abc", min_size=1), kind=st.just("text"), usage=USAGES, calls=st.integers(0, 9)
)
ROWS = st.builds(
    DatasetRow,
    candidate=st.integers(0, 10**9),
    item=st.integers(0, 10),
    fate=st.sampled_from(RowFate),
    values=st.dictionaries(st.text("abc", min_size=1), JSON, max_size=3),
    reasons=st.lists(st.builds(Reason, code=st.text("abc"), message=st.text("abc")), max_size=2).map(tuple),
    cells=st.lists(CELLS, max_size=2).map(tuple),
)


@given(st.lists(ROWS, max_size=3))
def test_a_candidate_is_read_as_it_was_written(rows: list[DatasetRow]) -> None:
    record = CandidateRecord(rows=tuple(rows), uses=(ColumnUse(column="a", model="m", calls=2),))

    line = encode_candidate(record)

    assert decode_candidate(line) == record
    assert b"\n" not in line


def test_what_is_no_candidate_is_an_internal_error() -> None:
    with pytest.raises(TextNLPError) as raised:
        decode_candidate(b"{}")
    assert raised.value.kind is ErrorKind.INTERNAL


def test_uses_add_up_by_column_and_model_and_only_what_was_not_reused_is_charged() -> None:
    first = CellRecord(column="a", kind="text", model="m", calls=1, attempts=1, usage=Usage(prompt_tokens=5))
    reused = CellRecord(
        column="a",
        kind="text",
        model="m",
        calls=1,
        usage=Usage(prompt_tokens=7),
        reused=1,
        reused_usage=Usage(prompt_tokens=7),
    )
    drawn = CellRecord(column="b", kind="category")

    (use,) = uses_of([first, drawn, reused])

    assert (use.calls, use.attempts, use.reused) == (2, 1, 1)
    assert use.usage == Usage(prompt_tokens=12)
    assert use.charged_usage == Usage(prompt_tokens=5)


def test_what_a_cell_took_of_several_models_is_counted_for_each() -> None:
    judges = (
        CellUse(model="x", calls=1, attempts=2, usage=Usage(prompt_tokens=5)),
        CellUse(model="y", calls=1, usage=Usage(prompt_tokens=7), reused=1, reused_usage=Usage(prompt_tokens=7)),
    )
    whole = judges[0].plus(judges[1])
    cell = CellRecord(
        column="a", kind="judge", model="x", calls=2, attempts=2, usage=whole.usage, reused=whole.reused, uses=judges
    )

    uses = uses_of([cell, cell])

    assert [(use.model, use.calls, use.attempts, use.charged_usage.prompt_tokens) for use in uses] == [
        ("x", 2, 4, 10),
        ("y", 2, 0, 0),
    ]
