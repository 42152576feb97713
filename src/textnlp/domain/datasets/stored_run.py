"""The making of a dataset on a platform, as it is kept and shown."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.datasets.model import ReasonCount
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import RunId


class RunState(StrEnum):
    """Where the making of a dataset is."""

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"
    """A limit of its recipe ended it; what was accepted until then is a version."""
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How far a run is.

    Attributes:
        candidates: that were made.
        accepted: rows that passed; while a run goes on, needed or not, and in the end those of the version.
        cost: US dollars; None where a price is not known.
        reasons: why rows were turned away, the most frequent first.
    """

    candidates: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    surplus: int = 0
    usage: Usage = NO_USAGE
    cost: Decimal | None = Decimal(0)
    reasons: tuple[ReasonCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVersion:
    """A version that a run has left.

    Attributes:
        number: from 1.
        rows: accepted rows in it.
        stopped_by: the limit that ended it early, None where it has the rows that were wanted.
    """

    number: int
    rows: int
    written_at: datetime
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run of a recipe on a platform.

    Attributes:
        rows: accepted rows wanted.
        recipe_path: the blob with the recipe.
        reason: why it is in a state that nobody asked for.
        versions: that were written, the first one first.
    """

    id: RunId
    name: str
    tenant: str
    caller: str
    model: str
    endpoint: str
    rows: int
    recipe_path: str
    created_at: datetime
    state: RunState = RunState.RUNNING
    reason: str | None = None
    ended_at: datetime | None = None
    progress: RunProgress = RunProgress()
    versions: tuple[RunVersion, ...] = ()

    def paused(self) -> "StoredRun":
        """Return the run at rest; raises `CONFLICT` unless it is running or paused."""
        self._require("paused", RunState.RUNNING, RunState.PAUSED)
        return dataclasses.replace(self, state=RunState.PAUSED)

    def resumed(self) -> "StoredRun":
        """Return the run going on; raises `CONFLICT` for one that has ended otherwise than by a failure."""
        self._require("resumed", RunState.RUNNING, RunState.PAUSED, RunState.FAILED)
        return dataclasses.replace(self, state=RunState.RUNNING, reason=None, ended_at=None)

    def cancelled(self, at: datetime) -> "StoredRun":
        """Return the run given up; raises `CONFLICT` for one that has ended otherwise."""
        if self.state is RunState.CANCELLED:
            return self
        self._require("cancelled", RunState.RUNNING, RunState.PAUSED, RunState.FAILED)
        return dataclasses.replace(self, state=RunState.CANCELLED, ended_at=at)

    def extended(self, rows: int) -> "StoredRun":
        """Return the run on its way to more rows in the end; raises `CONFLICT` unless it has its rows or met a limit.

        `rows` are those that come to the ones that are there.
        """
        self._require("extended", RunState.COMPLETED, RunState.STOPPED)
        there = self.versions[-1].rows if self.versions else 0
        return dataclasses.replace(self, state=RunState.RUNNING, rows=there + rows, reason=None, ended_at=None)

    def ended(self, state: RunState, at: datetime, *, reason: str | None = None) -> "StoredRun":
        """Return the run at its end."""
        return dataclasses.replace(self, state=state, ended_at=at, reason=reason)

    def _require(self, what: str, *states: RunState) -> None:
        if self.state not in states:
            raise TextNLPError(
                f"{self.id} is {self.state.value}, and cannot be {what}.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint=f"A dataset is {what} when it is {', '.join(states)}."),
            )


def no_such_run(run_id: str) -> TextNLPError:
    """Build the error for a dataset that is not there."""
    return not_found(f"There is no dataset {run_id}.")
