"""How many rows are wanted, which rows count, and when to stop."""

from typing import Annotated

from pydantic import Field

from textnlp.domain.part import Part
from textnlp.domain.validation.duplicate_checks import Duplicates


class Acceptance(Part):
    """The target and the limits of a run."""

    rows: Annotated[int, Field(ge=1, le=100_000_000)] = 100
    """Accepted rows that the dataset has in the end: exactly so many."""
    where: str | None = None
    """A condition over columns that an accepted row satisfies, besides the checks."""
    duplicates: Duplicates | None = None
    """What makes a row a repetition; nothing where left out."""
    max_candidates: Annotated[int, Field(ge=1)] | None = None
    """Candidates at most; ten times the rows where left out, and a hundred at least."""
    max_cost: Annotated[float, Field(ge=0)] | None = None
    """US dollars at most."""
    max_seconds: Annotated[float, Field(gt=0)] | None = None
    """Running time at most."""
    max_error_rate: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of the candidates that may fail, looked at from the fiftieth on."""
    max_drift: Annotated[float, Field(gt=0, le=1)] | None = None
    """How far the pass rate of the latest candidates may fall below the rate before them."""
