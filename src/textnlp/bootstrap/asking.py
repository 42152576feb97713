"""In whose name checks ask."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """In whose name checks are asked.

    Attributes:
        is_confined: the checks are a stranger's: their services must be on the open internet, as webhooks must, and
            get no secret of this process.
        base: the folder in which files lie that checks name; None where they may name none.
        look_seconds: longest time of asking about one batch of rows; None for any.
    """

    is_confined: bool = False
    base: Path | None = None
    look_seconds: float | None = None
