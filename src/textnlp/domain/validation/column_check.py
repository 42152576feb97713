"""What all checks of one column have in common."""

from pydantic import BaseModel

from textnlp.domain.part import PART_CONFIG, Name


class ColumnCheck(BaseModel):
    """A check of one column; null passes unless `required` looks at it."""

    model_config = PART_CONFIG

    column: Name
    """The column that is looked at."""
    name: str | None = None
    """What its failures are counted under; kind and column where left out."""

    @property
    def code(self) -> str:
        """What its failures are counted under."""
        return self.name or f"{self.model_dump(include={'kind'})['kind']}:{self.column}"
