import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import RunId

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Change = Callable[[StoredRun], StoredRun]
CHANGES: dict[str, Change] = {
    "pause": lambda run: run.paused(),
    "resume": lambda run: run.resumed(),
    "cancel": lambda run: run.cancelled(NOON),
    "extend": lambda run: run.extended(10),
}
ALLOWED = {
    "pause": {RunState.RUNNING, RunState.PAUSED},
    "resume": {RunState.RUNNING, RunState.PAUSED, RunState.FAILED},
    "cancel": {RunState.RUNNING, RunState.PAUSED, RunState.FAILED, RunState.CANCELLED},
    "extend": {RunState.COMPLETED, RunState.STOPPED},
}


def run_in(state: RunState) -> StoredRun:
    run = StoredRun(
        id=RunId("run_1"),
        name="reviews",
        tenant="a",
        caller="b",
        model="m",
        endpoint="e",
        rows=5,
        recipe_path="p",
        created_at=NOON,
    )
    return dataclasses.replace(run, state=state, reason="why")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("state", RunState)
def test_a_run_is_changed_only_from_states_that_allow_it(change: str, state: RunState) -> None:
    run = run_in(state)
    if state in ALLOWED[change]:
        assert CHANGES[change](run).id == run.id
    else:
        with pytest.raises(TextNLPError) as caught:
            CHANGES[change](run)
        assert caught.value.kind is ErrorKind.CONFLICT
        assert state.value in caught.value.message


def test_a_run_is_extended_from_what_its_latest_version_has() -> None:
    stopped = run_in(RunState.STOPPED)
    stopped = dataclasses.replace(stopped, versions=(RunVersion(number=1, rows=3, written_at=NOON),))

    extended = stopped.extended(10)

    assert (extended.rows, extended.state, extended.reason, extended.ended_at) == (13, RunState.RUNNING, None, None)


def test_one_that_goes_on_has_no_reason_and_no_end() -> None:
    failed = run_in(RunState.RUNNING).ended(RunState.FAILED, NOON, reason="The disk is full.")

    assert (failed.reason, failed.ended_at) == ("The disk is full.", NOON)
    assert (failed.resumed().reason, failed.resumed().ended_at) == (None, None)
