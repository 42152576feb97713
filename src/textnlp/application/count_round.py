"""Count the candidates of a run from the ledger."""

from collections import defaultdict

from textnlp.application.watch_run import RunWatch
from textnlp.domain.batches.model import Batch
from textnlp.domain.datasets.candidate import decode_candidate
from textnlp.domain.identifiers import BatchId
from textnlp.ports.batch_ledger import BatchLedger


class RoundCounter:
    """Tells a run's watch of candidates that other processes made, each once.

    Holds the number of every candidate of a round that it has counted.
    """

    def __init__(self, ledger: BatchLedger, watch: RunWatch) -> None:
        self._ledger = ledger
        self._watch = watch
        self._counted = defaultdict[BatchId, set[int]](set[int])

    async def count(self, batch: Batch) -> None:
        """Count those of a round that were not counted yet."""
        counted = self._counted[batch.id]
        if batch.counts.done <= len(counted):
            return
        async for outcomes in self._ledger.stream(batch.id):
            for outcome in outcomes:
                if outcome.row_index not in counted:
                    counted.add(outcome.row_index)
                    self._watch.add(decode_candidate(outcome.record))
