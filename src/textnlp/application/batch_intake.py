"""Files that wait to be read, one after the other."""

import asyncio
import logging

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import end_batch
from textnlp.application.ingest_blob import ingest_blob
from textnlp.application.submit_batch import submit_blob
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.prompt_source import PromptSourceOpener
from textnlp.topology.spans import BATCH_ID

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_PAGE = 200


class BatchIntake:
    """Ingests batches in the background, in the order in which they came.

    At the start it takes up the batches that an earlier process was still reading. While database or store are away
    it waits and tries again; any other surprise fails the batch with its reason and goes on to the next.
    """

    def __init__(self, ports: BatchPorts, *, open_source: PromptSourceOpener, slice_rows: int) -> None:
        self._ports = ports
        self._open_source = open_source
        self._slice_rows = slice_rows
        self._waiting: asyncio.Queue[tuple[Batch, str]] = asyncio.Queue()

    def add(self, batch: Batch) -> None:
        """Queue a batch in state `INGESTING`; reading it belongs to the trace that asks for it."""
        self._waiting.put_nowait((batch, self._ports.tracer.traceparent))

    async def run(self) -> None:
        """Ingest until cancelled."""
        for batch in await self._left_behind():
            self.add(batch)
        while True:
            batch, place = await self._waiting.get()
            tracer = self._ports.tracer
            with (
                tracer.begin("ingest batch", attributes={BATCH_ID: batch.id}, parent=place) as span,
                tracer.within(span),
            ):
                while not await self._is_settled(batch):
                    await self._ports.clock.sleep(_PAUSE_SECONDS)

    async def watch(self, prefix: str, *, spec: BatchSpec) -> None:
        """Make a batch of every file that is put under `prefix`, until cancelled."""
        async for blob in self._ports.blobs.watch(prefix):
            batch = await submit_blob(self._ports, blob, spec=spec)
            if batch is not None:
                _LOG.info("New file %s is %s.", blob.path, batch.id)
                self.add(batch)

    async def _is_settled(self, batch: Batch) -> bool:
        """Ingest the batch; return False when it has to be tried again."""
        try:
            current = await self._ports.ledger.get(batch.id)
            if current.state is BatchState.INGESTING:
                await ingest_blob(self._ports, current, open_source=self._open_source, slice_rows=self._slice_rows)
        except TextNLPError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                return False
            return await self._is_failed(batch, error.full_text)
        except Exception as exc:  # noqa: BLE001  one file must never stop the others from being read
            _LOG.exception("Ingesting %s went wrong.", batch.id)
            return await self._is_failed(batch, f"{type(exc).__name__}: {exc}")
        return True

    async def _is_failed(self, batch: Batch, reason: str) -> bool:
        """Fail the batch, unless it was cancelled while it was read; return False when it has to be tried again."""
        try:
            await end_batch(self._ports, batch.id, BatchState.FAILED, reason=reason)
        except TextNLPError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                return False
            _LOG.info("%s was not failed (%s): %s", batch.id, reason, error.message)
        return True

    async def _left_behind(self) -> list[Batch]:
        """Return the files in state `INGESTING`, oldest first; jobs and datasets see to batches of theirs."""
        found: list[Batch] = []
        before = None
        while page := await self._ports.ledger.newest(before=before, limit=_PAGE):
            found.extend(each for each in page if each.state is BatchState.INGESTING and _is_file(each))
            before = page[-1].id
        return found[::-1]


def _is_file(batch: Batch) -> bool:
    """Whether a batch is made from a file alone, which can be read again."""
    return not batch.spec.is_job and batch.spec.round is None
