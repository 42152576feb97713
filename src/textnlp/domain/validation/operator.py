"""Checks that need nothing but the rows."""

from collections.abc import Mapping
from typing import Any, Protocol

from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts


class Operator(Protocol):
    """Looks at batches of rows without input or output; the same rows get the same verdicts, however they are batched.

    An operator is made once for all batches of a process, from the document that declares it, and may be used by
    several threads at a time.
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

    def look(self, batch: RowBatch) -> Verdicts:
        """Return what it says of the rows."""
        ...
