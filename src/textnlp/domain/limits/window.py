"""How much of a limit is used: a short log of what was taken and when."""

from textnlp.domain.limits.decision import MICROSECONDS, Standing
from textnlp.topology.limits import CallLimit

_LONGEST_SLIDING_SECONDS = 300
_SPANS_OF_A_PERIOD = 60


class _Span:
    """Units that were taken close together, and are free again together."""

    __slots__ = ("last_at", "opened_at", "units")

    def __init__(self, opened_at: int) -> None:
        self.opened_at = opened_at
        self.last_at = opened_at
        self.units = 0


def span_microseconds(limit: CallLimit) -> int:
    """Return for how long after its first unit a span takes further ones: the whole period makes a fixed window."""
    period = limit.renewal_seconds * MICROSECONDS
    return period // _SPANS_OF_A_PERIOD if limit.renewal_seconds <= _LONGEST_SLIDING_SECONDS else period


class UsageWindow:
    """What one caller took of one limit in the period that ends at present.

    A limit that renews within 300 s slides: all that is allowed may be taken at once, and never more than that in any
    window of the period's length, wherever it begins. Units taken within a sixtieth of the period after one another
    share a span, which is free again one period after the *last* of them; a caller may so wait a sixtieth longer than
    a log of every call would ask, and never shorter, and 62 spans are the most there can be. A counter that restarts
    each period would let twice the limit through around its restart, and one that estimates by the share of the
    period before, as Kong's sliding window does, now more and now less than the limit.

    A longer limit is one span, free again when its period ends: a quota that renews as a whole at a known time, the
    same for all callers, as they expect of a month's.

    It is as API Management counts: a sliding window of 300 s at most for `rate-limit-by-key`; for `quota-by-key` a
    fixed one, whose periods follow each other from a moment that the policy names (Microsoft Learn, policy reference;
    classic tiers), which is `PERIODS_BEGIN_AT`.

    Times are whole microseconds since 1970 of one clock. Where that runs backwards, as the wall clock of a server may,
    what lies in the future counts as taken at present.
    """

    __slots__ = ("_spans", "used")

    def __init__(self) -> None:
        self._spans: list[_Span] = []
        self.used = 0

    def wait(self, limit: CallLimit, units: int, *, now: int) -> int:
        """Return 0 when `units`, at most what the limit allows, have room; else the microseconds until then."""
        self._release(limit, now)
        missing = self.used + units - limit.allowed
        free_at = now
        for span in self._spans:
            if missing <= 0:
                break
            missing -= span.units
            free_at = _free_at(limit, span)
        return free_at - now

    def charge(self, limit: CallLimit, units: int, *, now: int) -> None:
        """Count units, whether they have room or not."""
        self._release(limit, now)
        if not self._spans or now - self._spans[-1].opened_at >= span_microseconds(limit):
            self._spans.append(_Span(_opening(limit, now)))
        span = self._spans[-1]
        span.last_at = now
        span.units += units
        self.used += units

    def give_back(self, limit: CallLimit, units: int, *, now: int, taken_ago: int) -> None:
        """Return units that were charged `taken_ago` microseconds before and not used.

        The oldest are returned first, those that would soonest be free anyway: at any time at least what was used
        counts, whichever span it was charged to. Units taken a period or longer ago are free again already and are
        not returned twice; a fixed window may begin in between, and takes them back into the one that runs.
        """
        self._release(limit, now)
        if taken_ago >= limit.renewal_seconds * MICROSECONDS:
            return
        for span in self._spans:
            returned = min(units, span.units)
            span.units -= returned
            self.used -= returned
            units -= returned

    def standing(self, limit: CallLimit, *, now: int, wait: int = 0) -> Standing:
        """Return where the caller stands after what was last done at `now`, given the wait for what it asks for."""
        reset = _free_at(limit, self._spans[-1]) - now if self._spans else 0
        return Standing(limit, self.used, wait, reset)

    def _release(self, limit: CallLimit, now: int) -> None:
        """Forget what is free again."""
        spans = self._spans
        if spans and spans[-1].last_at > now:
            for span in spans:
                span.opened_at = min(span.opened_at, now)
                span.last_at = min(span.last_at, now)
        count = 0
        while count < len(spans) and _free_at(limit, spans[count]) <= now:
            self.used -= spans[count].units
            count += 1
        if count:
            del spans[:count]


def _opening(limit: CallLimit, now: int) -> int:
    """Return when a span begins whose first unit is taken at `now`: a fixed window, when its period did."""
    period = limit.renewal_seconds * MICROSECONDS
    return now if span_microseconds(limit) < period else now - now % period


def _free_at(limit: CallLimit, span: _Span) -> int:
    period = limit.renewal_seconds * MICROSECONDS
    return (span.last_at if span_microseconds(limit) < period else span.opened_at) + period
