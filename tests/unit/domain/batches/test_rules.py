import pytest

from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.batches.rules import TERMINAL_STATES, require_balance, states_before
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_a_batch_completes_only_after_its_files_were_being_written() -> None:
    assert states_before(BatchState.COMPLETED) == {BatchState.FINALIZING}


def test_every_state_but_the_first_can_be_reached() -> None:
    reachable = {state for state in BatchState if states_before(state)}
    assert reachable == set(BatchState) - {BatchState.INGESTING}


def test_a_batch_that_ended_may_run_again() -> None:
    assert states_before(BatchState.RUNNING) >= TERMINAL_STATES


def test_equal_counts_balance() -> None:
    counts = LedgerCounts(input=10, accepted=4, rejected=1, failed=2)
    require_balance(counts, counts)
    assert counts.pending == 3


@pytest.mark.parametrize(
    ("kept", "counted"),
    [
        (LedgerCounts(input=10, accepted=4), LedgerCounts(input=10, accepted=5)),
        (LedgerCounts(input=3, accepted=4), LedgerCounts(input=3, accepted=4)),
    ],
)
def test_a_row_too_many_is_an_error_of_the_platform(kept: LedgerCounts, counted: LedgerCounts) -> None:
    with pytest.raises(TextNLPError, match="does not balance") as caught:
        require_balance(kept, counted)
    assert caught.value.kind is ErrorKind.INTERNAL
