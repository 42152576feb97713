"""Rows of a batch, as they are listed."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.batches.model import RowOutcome, RowState
from textnlp.domain.errors import ErrorKind


class RowListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which rows to list: those after row number `after`, in these states; pending rows have no outcome to list."""

    state: list[Literal["accepted", "rejected", "failed"]] = msgspec.field(
        default_factory=lambda: ["accepted", "rejected", "failed"],
    )
    after: Annotated[int, msgspec.Meta(ge=-1, le=2**31 - 1)] = -1
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100

    EXAMPLE: ClassVar[dict[str, Any]] = {"state": ["failed"], "after": -1, "limit": 100}

    def states(self) -> set[RowState]:
        """Return the states as the domain has them."""
        return {RowState(name) for name in self.state}


class RowRead(msgspec.Struct, kw_only=True):
    """The outcome of a row.

    Attributes:
        row: 0-based position in the input.
        record: the row's line in `generations.jsonl`, or in `errors.jsonl`.
    """

    row: int
    id: str
    state: RowState
    code: ErrorKind | None
    attempts: int
    usage: UsageRead
    record: Any


class RowPage(msgspec.Struct, kw_only=True):
    """Rows in input order; `next_after` continues the listing where it is not null."""

    rows: list[RowRead]
    next_after: int | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rows": [
            {
                "row": 0,
                "id": "kettle-01",
                "state": "accepted",
                "code": None,
                "attempts": 1,
                "usage": UsageRead.EXAMPLE,
                "record": {
                    "id": "kettle-01",
                    "text": "It boils in two minutes and pours without a drip.",
                    "model": "smollm2-135m",
                    "finish_reason": "stop",
                    "usage": UsageRead.EXAMPLE,
                    "attempts": 1,
                },
            },
        ],
        "next_after": None,
    }


def read_row(outcome: RowOutcome) -> RowRead:
    """Show a row's outcome."""
    return RowRead(
        row=outcome.row_index,
        id=outcome.row_id,
        state=outcome.state,
        code=outcome.code,
        attempts=outcome.attempts,
        usage=read_usage(outcome.usage),
        record=msgspec.Raw(outcome.record),
    )
