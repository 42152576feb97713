"""Whether rows are good, and why not."""

from collections.abc import Mapping
from typing import Any, Protocol

from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts


class Check(Protocol):
    """Looks at batches of rows, and may ask a model or a service about them.

    Rows that a check cannot tell anything about, because a service refuses them, fail with the reason's code
    `unchecked:<name>`. Raises `UNAVAILABLE` and `DEADLINE_EXCEEDED` where the service cannot be had at all.
    """

    @property
    def name(self) -> str:
        """What its failures are counted under."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever a row may get another verdict than before."""
        ...

    @property
    def column(self) -> str | None:
        """The column that it looks at; None where it looks at whole rows."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What it was made with, as JSON."""
        ...

    async def look(self, batch: RowBatch) -> Verdicts:
        """Return what it says of the rows."""
        ...
