"""Follow a batch on a platform until it ends, over connections that may break."""

import contextlib

from textnlp.cli.progress import ProgressSnapshot, ProgressView
from textnlp.cli.remote_batch import read_batch
from textnlp.client import AsyncClient
from textnlp.client.batches import BatchRead, ProgressRead
from textnlp.domain.batches.model import Batch
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
_PATIENCE_SECONDS = 120.0


async def follow_batch(client: AsyncClient, batch_id: str, view: ProgressView, *, clock: Clock) -> Batch:
    """Show the progress of a batch; return the batch once it has ended.

    A connection that breaks is opened again, for two minutes after the last sign of life; then, or when the very
    first one cannot be opened, raises `UNAVAILABLE`. The batch goes on in any case.
    """
    listening = _Listening(client, batch_id, view, clock)
    pause = _FIRST_PAUSE_SECONDS
    while True:
        heard_at = listening.heard_at
        try:
            ended = await listening.until_end()
            if ended is not None:
                return ended
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE or listening.heard_at is None:
                raise
            if clock.monotonic() - listening.heard_at > _PATIENCE_SECONDS:
                raise _given_up(batch_id, error) from error
        if listening.heard_at != heard_at:
            view.note("The connection is gone; trying again.")
            pause = _FIRST_PAUSE_SECONDS
        await clock.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, 2 * pause)


class _Listening:
    """Listens to the events of one batch, and remembers when it last heard one."""

    def __init__(self, client: AsyncClient, batch_id: str, view: ProgressView, clock: Clock) -> None:
        self._client = client
        self._batch_id = batch_id
        self._view = view
        self._clock = clock
        self.heard_at: float | None = None

    async def until_end(self) -> Batch | None:
        """Show progress until the batch has ended and return it, or None when the stream ends before."""
        async with contextlib.aclosing(self._client.batches.follow(self._batch_id)) as events:
            async for event in events:
                self.heard_at = self._clock.monotonic()
                if isinstance(event, BatchRead):
                    return read_batch(event)
                if (snapshot := _snapshot(event)).total:
                    self._view.show(snapshot)
        return None


def _snapshot(progress: ProgressRead) -> ProgressSnapshot:
    """Return what the view shows, without the calls in flight; no rows while the file is read."""
    counts = progress.counts
    return ProgressSnapshot(
        total=counts.input,
        accepted=counts.accepted,
        rejected=counts.rejected,
        failed=counts.failed,
        tokens=progress.usage.total_tokens,
        in_flight=0,
        limit=0,
        refused=0,
    )


def _given_up(batch_id: str, error: TextNLPError) -> TextNLPError:
    hint = f"The batch goes on without you; come back to it with: textnlp batch watch {batch_id}"
    return TextNLPError(error.message, kind=error.kind, facts=ErrorFacts(hint=hint))
