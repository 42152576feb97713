"""Where rows go that were looked at."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import CheckedRow


class VerdictSink(Protocol):
    """Takes rows in their order, with what there is to say of them."""

    def add(self, record: Record, checked: CheckedRow) -> None:
        """Take a row: accepted where it has no reasons, rejected with them otherwise."""
        ...

    def add_bad(self, record: BadRecord) -> None:
        """Take a row that could not be read."""
        ...


class VerdictFiles(VerdictSink, Protocol):
    """Keeps rows; nothing of them is there for others before `finish`.

    A disk that is full or away raises `UNAVAILABLE`.
    """

    def finish(self, report: Mapping[str, Any], page: bytes) -> Sequence[str]:
        """Put everything in place with the report, for programs and for people; return the names of the files."""
        ...
