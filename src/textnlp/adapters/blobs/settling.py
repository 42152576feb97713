"""When is a file that somebody else writes completely written?"""

import math
from dataclasses import dataclass

_OLD_ENOUGH_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for files.

    Attributes:
        quiet_seconds: a file that did not change for so long is completely written.
        empty_seconds: the same for an empty file, which more often than not is one that is about to be filled.
        rescan_seconds: how often everything is looked at, whatever the operating system told.
    """

    quiet_seconds: float = 0.5
    empty_seconds: float = 5.0
    rescan_seconds: float = 30.0


DEFAULT_PATIENCE = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A file at one moment.

    Attributes:
        version: changes whenever the file's bytes may have.
        is_renamed: the file's entry changed after its bytes did.
        is_being_written: some process has the file open for writing.
        age_seconds: since its bytes changed, by the wall clock.
    """

    version: str
    size_bytes: int
    is_renamed: bool
    is_being_written: bool
    age_seconds: float


@dataclass(slots=True)
class _Waiting:
    version: str
    since: float
    patience_seconds: float


class Settling:
    """Follows files until they rest, and tells each version of each of them once.

    A file that was renamed into its place is complete at once: its entry changed later than its bytes, which
    a file that is being copied never shows. Any other is complete when nothing has it open for writing, as far as
    that can be known, and when it stayed the same for `quiet_seconds`. A file untouched for a minute counts as having
    been watched since, unless its time lies.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._waiting: dict[str, _Waiting] = {}
        self._told: dict[str, str] = {}

    @property
    def waiting(self) -> list[str]:
        """The files that are not yet complete."""
        return list(self._waiting)

    def is_complete(self, path: str, facts: FileFacts, *, now: float) -> bool:
        """Tell, once a version, that the file is complete; `now` are seconds of a monotonic clock."""
        if self._told.get(path) == facts.version:
            self._waiting.pop(path, None)
            return False
        patience = self._patience.quiet_seconds if facts.size_bytes else self._patience.empty_seconds
        waiting = self._waiting.get(path)
        if waiting is None or waiting.version != facts.version:
            age = facts.age_seconds if facts.age_seconds >= _OLD_ENOUGH_SECONDS else 0.0
            waiting = self._waiting[path] = _Waiting(facts.version, now - age, patience)
        if facts.is_being_written:
            waiting.since = now
            return False
        if (facts.is_renamed and facts.size_bytes) or now - waiting.since >= patience:
            self._told[path] = facts.version
            del self._waiting[path]
            return True
        return False

    def forget(self, path: str) -> None:
        """Take a file as gone: one that comes back is another."""
        self._waiting.pop(path, None)
        self._told.pop(path, None)

    def forget_others(self, paths: set[str]) -> None:
        """Take all files as gone but those of `paths`."""
        for path in (self._waiting.keys() | self._told.keys()) - paths:
            self.forget(path)

    def seconds_to_next_look(self, now: float) -> float:
        """Tell after how long a file may have become complete; infinite while none is waiting."""
        return min(
            (max(0.0, waiting.since + waiting.patience_seconds - now) for waiting in self._waiting.values()),
            default=math.inf,
        )
