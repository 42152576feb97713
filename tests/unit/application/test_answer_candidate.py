import pytest

from tests.factories.dataset_runs import cell_ports, row_maker
from tests.factories.memory_platform import CLOCK, MODEL
from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.adapters.engines.scripted import ScriptedEngine, ScriptEntry
from textnlp.application.answer_candidate import CandidateAnswerer
from textnlp.application.make_rows import RowMaker
from textnlp.domain.batches.model import (
    Batch,
    BatchSpec,
    BatchState,
    CandidateStart,
    DatasetRound,
    PromptRow,
    RowOutcome,
    RowState,
)
from textnlp.domain.datasets.candidate import CandidateRecord, decode_candidate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

BATCH = Batch(
    id=BatchId("batch_1"),
    name="round",
    state=BatchState.RUNNING,
    spec=BatchSpec(model=MODEL, round=DatasetRound(run="run_1", number=0, first=40, recipe_path="r.json")),
    created_at=CLOCK.now(),
)
ROW = PromptRow(
    index=2,
    id="3",
    has_own_id=False,
    line=3,
    messages=(),
    candidate=CandidateStart(values={"product": "lamp"}, seed={"index": 7}),
)
MADE: list[CandidateRecord] = []


async def answered(*answers: ScriptEntry, row: PromptRow = ROW, limit: TextNLPError | None = None) -> RowOutcome:
    engine = ScriptedEngine(clock=CLOCK, script=answers)

    async def maker_of(_: Batch) -> RowMaker:
        return row_maker(recipe_of(REVIEWS), cell_ports(engine))

    def require_going_on(_: Batch) -> None:
        if limit is not None:
            raise limit

    MADE.clear()
    answerer = CandidateAnswerer(
        maker_of=maker_of, require_going_on=require_going_on, on_made=lambda _, record: MADE.append(record)
    )
    return await answerer.answer(row, BATCH)


async def test_a_candidate_that_gives_a_good_row_is_an_accepted_row_of_the_batch() -> None:
    outcome = await answered("It shines.")

    record = decode_candidate(outcome.record)
    assert outcome.state is RowState.ACCEPTED
    assert outcome.row_index == 2
    assert record.rows[0].candidate == 42
    assert record.rows[0].seed == {"index": 7}
    assert record.rows[0].values["review"] == "It shines."
    assert outcome.attempts == 2
    assert outcome.usage.completion_tokens > 0
    assert [record] == MADE


async def test_a_candidate_that_fails_is_a_failed_row_with_its_reason() -> None:
    outcome = await answered(TextNLPError("It is away.", kind=ErrorKind.UNAVAILABLE))

    assert outcome.state is RowState.FAILED
    assert decode_candidate(outcome.record).rows[0].reasons[0].message == "It is away."


async def test_what_every_candidate_would_meet_is_raised() -> None:
    with pytest.raises(TextNLPError, match="key"):
        await answered(TextNLPError("The key is wrong.", kind=ErrorKind.UNAUTHENTICATED))


async def test_nothing_is_asked_once_a_limit_is_reached() -> None:
    with pytest.raises(TextNLPError, match="spent"):
        await answered("It shines.", limit=TextNLPError("All is spent.", kind=ErrorKind.LIMIT_REACHED))
    assert MADE == []


async def test_a_row_that_is_no_candidate_is_an_internal_error() -> None:
    with pytest.raises(TextNLPError) as raised:
        await answered(row=PromptRow(index=0, id="1", has_own_id=False, line=1, messages=()))
    assert raised.value.kind is ErrorKind.INTERNAL
