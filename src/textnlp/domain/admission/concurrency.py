"""How many calls a deployment takes at once, learnt from what it refuses."""

from dataclasses import dataclass

from textnlp.domain.admission.server_load import ServerLoad

_WINDOW_SECONDS = 0.5
_SEVEREST_CUT = 0.5
_NOISE_SHARE = 0.03
_WINDOWS_TO_CEILING = 64
_OVERLOADED_SHARE = 0.25
_SMALLEST_TELLING_WINDOW = 4


@dataclass(slots=True)
class _Window:
    """What came back since the last adjustment."""

    began_at: float
    answered: int = 0
    refused: int = 0

    @property
    def refused_share(self) -> float:
        seen = self.answered + self.refused
        return self.refused / seen if seen else 0.0


class AdaptiveConcurrency:
    """Additive increase, multiplicative decrease over windows of half a second.

    A window in which the deployment refused calls (429, 503) cuts the limit by the share it refused beyond 3%, by half
    at most; one with fewer refusals that used the limit to the full adds a 64th of the ceiling, one at least. Cutting
    by the share, not by a fixed factor, halves the calls to a deployment that refuses everything, and leaves the limit
    of one that fails one call in fifty at random where it is (Chiu and Jain, 1989, for why this converges to a fair
    share). A deployment that takes no more than it can is so kept just above that, where 3% are refused.

    A server that queues what it cannot begin refuses nothing, so where its load is known, the share that it keeps
    waiting counts like the share that another refuses: the limit falls below the calls in flight by what is beyond 3%,
    and not again before the calls have fallen to it. Nothing is added while the last reading told of such a queue, or
    of a cache that is nearly full.

    `limit` is between 1 and `ceiling`. Times are seconds of one monotonic clock.
    """

    def __init__(self, *, ceiling: int, now: float) -> None:
        self.ceiling = ceiling
        self._limit = float(ceiling)
        self._window = _Window(now)
        self._was_full = False
        self._is_saturated = False
        self.paused_until = 0.0

    @property
    def limit(self) -> int:
        """Calls that may be in flight together."""
        return int(self._limit)

    def on_answer(self, *, in_flight: int, now: float) -> None:
        """Note a call that the deployment took, `in_flight` counting it still."""
        self._window.answered += 1
        if in_flight >= self._limit - 1:
            self._was_full = True
        if now - self._window.began_at >= _WINDOW_SECONDS:
            self._adjust(now)

    def on_refusal(self, *, now: float, retry_after_seconds: float | None) -> None:
        """Note a call that the deployment refused for want of capacity.

        When a telling share of the window was refused, every call pauses for as long as the deployment asks.
        """
        window = self._window
        window.refused += 1
        is_telling = window.answered + window.refused >= _SMALLEST_TELLING_WINDOW
        if is_telling and window.refused_share >= _OVERLOADED_SHARE and retry_after_seconds:
            self.paused_until = max(self.paused_until, now + retry_after_seconds)
        if now - window.began_at >= _WINDOW_SECONDS:
            self._adjust(now)

    def on_load(self, load: ServerLoad | None, *, in_flight: int) -> None:
        """Note what the deployment says of its own queue, None where it does not tell."""
        excess = load.queued_share - _NOISE_SHARE if load is not None else 0.0
        self._is_saturated = load is not None and (excess > 0 or load.is_nearly_full)
        if excess > 0 and in_flight <= self._limit:
            self._cut(float(in_flight), excess)

    def _cut(self, calls: float, excess: float) -> None:
        self._limit = max(1.0, calls * max(_SEVEREST_CUT, 1 - excess))

    def _adjust(self, now: float) -> None:
        excess = self._window.refused_share - _NOISE_SHARE
        if excess > 0:
            self._cut(self._limit, excess)
        elif self._was_full and not self._is_saturated:
            self._limit = min(float(self.ceiling), self._limit + max(1.0, self.ceiling / _WINDOWS_TO_CEILING))
        self._window = _Window(now)
        self._was_full = False
