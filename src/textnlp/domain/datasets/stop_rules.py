"""When a run stops before it has its rows."""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from textnlp.domain.datasets.round_size import most_candidates
from textnlp.domain.recipes.acceptance import Acceptance

_ERROR_WINDOW = 50
_DRIFT_WINDOW = 100
_HOPELESS = 500
"""Candidates after which a run without a good row is given up, whatever its limits."""


@dataclass(slots=True)
class RunFigures:
    """What a run has done so far, candidate by candidate, in the order in which they ended.

    Attributes:
        passed: candidates that gave a good row.
        failed: candidates that ended with an error.
        cost: US dollars for what was not reused; None where a price is not known.
    """

    candidates: int = 0
    passed: int = 0
    failed: int = 0
    cost: Decimal | None = Decimal(0)
    _latest: deque[bool] = field(default_factory=lambda: deque[bool](maxlen=_DRIFT_WINDOW))

    def add(self, *, is_passed: bool, is_failed: bool, cost: Decimal | None) -> None:
        """Count a candidate that ended."""
        self.candidates += 1
        self.passed += is_passed
        self.failed += is_failed
        self._latest.append(is_passed)
        self.cost = None if cost is None or self.cost is None else self.cost + cost

    def drift(self) -> float | None:
        """Return how far the pass rate of the latest hundred is below that before; None before twice as many."""
        earlier = self.candidates - len(self._latest)
        if earlier < _DRIFT_WINDOW:
            return None
        latest = sum(self._latest)
        return (self.passed - latest) / earlier - latest / len(self._latest)


def reached_limit(acceptance: Acceptance, figures: RunFigures, *, seconds: float) -> str | None:
    """Return in a sentence which limit is reached, None where none is; `seconds` is the running time.

    A cost limit with a model whose price is not known cannot be kept, and is refused before anything is asked.
    """
    if acceptance.max_cost is not None and figures.cost is not None and figures.cost >= Decimal(acceptance.max_cost):
        return f"max_cost: ${figures.cost:.4f} of ${acceptance.max_cost:g} are spent."
    if acceptance.max_seconds is not None and seconds >= acceptance.max_seconds:
        return f"max_seconds: it has run for {seconds:.0f} s of {acceptance.max_seconds:g} s."
    if figures.candidates >= _ERROR_WINDOW and figures.failed / figures.candidates > acceptance.max_error_rate:
        share = figures.failed / figures.candidates
        return f"max_error_rate: {share:.0%} of {figures.candidates:,} candidates failed."
    if figures.candidates >= _HOPELESS and not figures.passed:
        return f"no row passed: {figures.candidates:,} candidates were tried, and none gave a good row."
    drift = figures.drift()
    if acceptance.max_drift is not None and drift is not None and drift > acceptance.max_drift:
        return f"max_drift: the pass rate of the latest candidates is {drift:.0%} below what it was before."
    return None


def reached_candidates(acceptance: Acceptance, tried: int) -> str | None:
    """Return in a sentence that no further candidate may be tried, None where one may."""
    most = most_candidates(acceptance.rows, acceptance.max_candidates)
    return None if tried < most else f"max_candidates: {tried:,} candidates were tried."
