"""List the rounds of a dataset in the making."""

from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.datasets.run import round_source
from textnlp.domain.identifiers import RunId
from textnlp.ports.batch_ledger import BatchLedger


class RunRounds:
    """The batches that a run has made, as they are at each look; those that are completed are not asked for again."""

    def __init__(self, ledger: BatchLedger, run_id: RunId, *, limit: int) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._limit = limit
        self._completed: list[Batch] = []

    async def look(self) -> list[Batch]:
        """Return the rounds, the first one first, as many as `limit` at most."""
        rounds = list(self._completed)
        while len(rounds) < self._limit:
            batch = await self._ledger.find_by_source(round_source(self._run_id, len(rounds)))
            if batch is None:
                break
            if batch.state is BatchState.COMPLETED and len(self._completed) == len(rounds):
                self._completed.append(batch)
            rounds.append(batch)
        return rounds
