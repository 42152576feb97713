"""The prompt tokens of a model that a provider lets wait in batches, and whose turn it is."""

import asyncio
import re

from textnlp.adapters.engines.openai_compatible.faults import ENQUEUED_TOKENS
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.patience import Pauses, wait_for_either
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey
from textnlp.ports.clock import Clock

_LIMIT = re.compile(r"limit(?: of)?:? ?([\d,.]*\d) ?([kmb]?)\b", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_REFUSALS_BEFORE_SPLIT = 3


def limit_in(message: str) -> int | None:
    """Return the limit that a refusal tells, as in `Limit: 90,000 enqueued tokens` or `limit of 30K`."""
    found = _LIMIT.search(message)
    if found is None:
        return None
    try:
        limit = int(float(found.group(1).replace(",", "")) * _FACTORS[found.group(2).lower()])
    except ValueError:
        return None
    return limit or None


class TokenQuota:
    """What is enqueued of one model's tokens by this engine, and how the provider has refused more.

    Attributes:
        limit: tokens that may wait at a time; None where nobody has said.
        turn: held by the one batch that is being handed over, first come, first served.
    """

    def __init__(self, options: ProviderBatchOptions, *, clock: Clock) -> None:
        self.limit = options.max_enqueued_tokens
        self.turn = asyncio.Lock()
        self._options = options
        self._clock = clock
        self._enqueued: dict[ProviderBatchKey, int] = {}
        self._changed = asyncio.Event()
        self._pauses = Pauses(options.first_quota_seconds, longest_seconds=options.longest_quota_seconds)
        self._pause_seconds = 0.0
        self._refused_since: float | None = None
        self._refusals_alone = 0

    def enter(self, key: ProviderBatchKey, tokens: int) -> None:
        """Count a batch as waiting at the provider."""
        self._enqueued[key] = tokens

    def leave(self, key: ProviderBatchKey) -> None:
        """Count a batch as done, and wake whoever waits for room."""
        if self._enqueued.pop(key, None) is not None:
            self._changed.set()

    def accept(self) -> None:
        """Take note that the provider works on a batch, so that earlier refusals count no more."""
        self._pauses.reset()
        self._pause_seconds = 0.0
        self._refused_since = None
        self._refusals_alone = 0

    def refuse(self, message: str) -> None:
        """Take note that the provider had no room; raise `LIMIT_REACHED` where it has had none for too long."""
        self.limit = limit_in(message) or self.limit
        self._refusals_alone = 0 if self._enqueued else self._refusals_alone + 1
        self._pause_seconds = self._pauses.next()
        now = self._clock.monotonic()
        if self._refused_since is None:
            self._refused_since = now
        elif now - self._refused_since > self._options.max_quota_seconds:
            raise TextNLPError(
                f"The provider has had no room for a batch for {now - self._refused_since:.0f} s: {message}",
                kind=ErrorKind.LIMIT_REACHED,
                facts=ErrorFacts(hint="Ask the provider for more enqueued tokens.", limit_name=ENQUEUED_TOKENS),
            )

    def must_split(self, tokens: int) -> bool:
        """Whether a batch of so many tokens has to be made smaller before it can fit.

        Without a known limit that is so when it was refused three times with nothing of this engine's at the provider.
        """
        if self.limit is not None and tokens > self.limit:
            return True
        return not self._enqueued and self._refusals_alone >= _REFUSALS_BEFORE_SPLIT

    def note_split(self) -> None:
        """Give the parts a chance of their own."""
        self._refusals_alone = 0

    async def room_for(self, tokens: int) -> None:
        """Return when the batch may fit: what is enqueued leaves room, and the pause after a refusal is over.

        The pause ends early when a batch is done.
        """
        if self._pause_seconds:
            seconds, self._pause_seconds = self._pause_seconds, 0.0
            self._changed.clear()
            await wait_for_either(self._changed, seconds=seconds, clock=self._clock)
        while self.limit is not None and self._enqueued and sum(self._enqueued.values()) + tokens > self.limit:
            self._changed.clear()
            await self._changed.wait()
