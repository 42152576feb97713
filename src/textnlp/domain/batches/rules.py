"""Which state of a batch may follow which, and when its ledger balances."""

from textnlp.domain.batches.model import BatchState, LedgerCounts
from textnlp.domain.errors import ErrorKind, TextNLPError

_NEXT: dict[BatchState, frozenset[BatchState]] = {
    BatchState.INGESTING: frozenset({BatchState.RUNNING, BatchState.FAILED, BatchState.CANCELLED}),
    BatchState.RUNNING: frozenset({BatchState.FINALIZING, BatchState.CANCELLING, BatchState.FAILED}),
    BatchState.FINALIZING: frozenset({BatchState.COMPLETED, BatchState.FAILED, BatchState.CANCELLED}),
    BatchState.CANCELLING: frozenset({BatchState.FINALIZING, BatchState.FAILED}),
    BatchState.COMPLETED: frozenset({BatchState.RUNNING}),
    BatchState.FAILED: frozenset({BatchState.RUNNING}),
    BatchState.CANCELLED: frozenset({BatchState.RUNNING}),
}
"""A batch that ended may run again: `retry` gives its failed or unasked rows another chance."""

RECORDING_STATES = frozenset({BatchState.INGESTING, BatchState.RUNNING, BatchState.CANCELLING})
"""States in which outcomes are stored; from `FINALIZING` on the rows stand still, so that files can be written."""

TERMINAL_STATES = frozenset({BatchState.COMPLETED, BatchState.FAILED, BatchState.CANCELLED})


def states_before(state: BatchState) -> frozenset[BatchState]:
    """List the states from which a batch may enter `state`."""
    return frozenset(before for before, following in _NEXT.items() if state in following)


def require_balance(counts: LedgerCounts, recounted: LedgerCounts) -> None:
    """Raise `INTERNAL` unless the kept counts equal the counted rows and no row is counted twice."""
    if counts != recounted or counts.pending < 0:
        raise TextNLPError(
            f"The ledger does not balance: it says {counts}, its rows say {recounted}.",
            kind=ErrorKind.INTERNAL,
        )
