"""Columns in which models judge what is in other columns, alone or as a panel."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from textnlp.domain.part import PART_CONFIG, Name, Part, Template
from textnlp.domain.recipes.model_columns import PromptColumn

MOST_JUDGES = 9


class Panel(BaseModel):
    """Several judges that are asked the same, independently of one another and at the same time."""

    model_config = PART_CONFIG

    models: Annotated[list[Name], Field(min_length=2, max_length=MOST_JUDGES)] | None = None
    """In place of a model: a panel, by aliases that are each asked the same."""
    min_judges: Annotated[int, Field(ge=1, le=MOST_JUDGES)] | None = None
    """How many of a panel have to answer; more than half of them where left out."""

    @model_validator(mode="after")
    def _is_panel(self) -> Self:
        if self.models is None:
            if self.min_judges is not None:
                raise ValueError("min_judges is of a panel, which models names")
            return self
        if getattr(self, "model", None) is not None:
            raise ValueError("give either model or models")
        if len(set(self.models)) < len(self.models):
            raise ValueError("models names an alias twice; a model can be asked twice under two aliases")
        if (self.min_judges or 0) > len(self.models):
            raise ValueError("min_judges is more than there are models")
        return self

    @property
    def least_judges(self) -> int:
        """How many judges have to answer."""
        return self.min_judges or len(self.models or ()) // 2 + 1


class Score(Part):
    """One thing that a judge scores."""

    description: Template
    """What is judged."""
    scale: dict[int, str] = {1: "poor", 2: "weak", 3: "fair", 4: "good", 5: "excellent"}
    """The marks, each with what it stands for."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.scale) < 2:  # noqa: PLR2004
            raise ValueError("a scale needs two marks at least")
        return self


class JudgeColumn(PromptColumn, Panel):
    """Scores that a model gives: an object with `{score, reason}` for every name in `scores`.

    Of a panel it is `{score, agreement, judges}`, with `{score, reason, error}` for every judge.
    """

    kind: Literal["judge"]
    scores: Annotated[dict[Name, Score], Field(min_length=1, max_length=20)]
    """What is scored, each by its rubric."""
    combine: Literal["median", "mean", "majority"] = "median"
    """How the scores of a panel become one."""


class PairwiseColumn(PromptColumn, Panel):
    """Which of two columns is better, asked in both orders: `{winner, consistent, reasons}`.

    `winner` is first, second or tie; where the two orders disagree it is a tie, and `consistent` is false.
    """

    kind: Literal["pairwise"]
    first: Name
    """A column that is compared."""
    second: Name
    """The other one."""
    ties: bool = True
    """Whether a judge may say that neither is better."""

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.first == self.second:
            raise ValueError("first and second are the same column")
        return self


class RankColumn(PromptColumn, Panel):
    """Some columns from the best to the worst, asked in several orders: `{order, scores, ties, agreement, ballots}`."""

    kind: Literal["rank"]
    columns: Annotated[list[Name], Field(min_length=3, max_length=8)]
    """The columns that are ranked."""
    permutations: Annotated[int, Field(ge=1, le=6)] = 2
    """In how many orders they are shown, each asked about once; every second one is the reverse of the one before."""

    @model_validator(mode="after")
    def _are_different(self) -> Self:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns names one twice")
        return self


JudgingColumn = JudgeColumn | PairwiseColumn | RankColumn
"""A column in which models judge."""


def judges_of(column: JudgingColumn) -> tuple[str | None, ...]:
    """Return the aliases that are asked; None for the recipe's first model."""
    return tuple(column.models) if column.models else (column.model,)


def asks_a_judge(column: JudgingColumn) -> int:
    """Return how many questions each judge is asked for one row."""
    match column:
        case JudgeColumn():
            return 1
        case PairwiseColumn():
            return 2
        case RankColumn():
            return column.permutations
