"""Questions that reviewers are asked about a row."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from textnlp.domain.part import PART_CONFIG

MAX_QUESTIONS = 20
MAX_LABELS = 200
MAX_STEPS = 100

TIE = "tie"
"""The answer that two texts are as good as each other."""

_Label = Annotated[str, Field(min_length=1, max_length=200)]
Labels = Annotated[list[_Label], Field(min_length=1, max_length=MAX_LABELS)]
Column = Annotated[str, Field(min_length=1, max_length=200)]
"""A column of the row; full stops lead into objects, as in `grade.clarity.score`."""


class Question(BaseModel):
    """What questions of all kinds have."""

    model_config = PART_CONFIG

    title: Annotated[str, Field(max_length=500)] = ""
    """How it is asked; the name of the question where left out."""
    description: Annotated[str, Field(max_length=5_000)] = ""
    """What else helps to answer it."""
    required: bool = True
    """Whether an answer to the row must have an answer to this question."""


class RatingQuestion(Question):
    """How much, as a whole number; the answer is the number."""

    kind: Literal["rating"]
    low: int = 1
    """The least."""
    high: int = 5
    """The most."""
    level: Literal["ordinal", "interval"] = "ordinal"
    """Whether only the order of marks means something, or their distances too; for agreement."""
    tolerance: Annotated[int, Field(ge=0)] = 0
    """Marks that lie so far apart at most do not disagree."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not 1 <= self.high - self.low < MAX_STEPS:
            raise ValueError(f"high must be above low, by less than {MAX_STEPS}")
        return self


class LabelQuestion(Question):
    """Which of some labels; the answer is the label."""

    kind: Literal["label"]
    labels: Labels
    """What may be said."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_different(self.labels, "labels")
        return self


class MultiLabelQuestion(Question):
    """Which labels, any number of them; the answer is a list."""

    kind: Literal["multi_label"]
    labels: Labels
    """What may be said."""
    least: Annotated[int, Field(ge=0)] = 0
    """How many labels must be chosen."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_different(self.labels, "labels")
        if self.least > len(self.labels):
            raise ValueError("least must not be above the number of labels")
        return self


class RankingQuestion(Question):
    """In which order; the answer is the list of all options, the best first."""

    kind: Literal["ranking"]
    options: Annotated[list[_Label], Field(min_length=2, max_length=50)]
    """What is put in order, often names of columns."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_different(self.options, "options")
        return self


class SpanQuestion(Question):
    """Which passages of a text; the answer is a list of objects `{start, end, label}`, counted in characters."""

    kind: Literal["span"]
    column: Column
    """The column with the text."""
    labels: Labels
    """What a passage may be."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_different(self.labels, "labels")
        return self


class EditQuestion(Question):
    """How the text should read; the answer is the text, unchanged where it is right."""

    kind: Literal["edit"]
    column: Column
    """The column with the text."""


class PairwiseQuestion(Question):
    """Which of two texts is better; the answer is `left`, `right` or `tie`.

    It is kept as `first`, `second` or `tie`, whatever the side on which the reviewer saw them.
    """

    kind: Literal["pairwise"]
    first: Column
    """The column with one text."""
    second: Column
    """The column with the other."""
    tie: bool = True
    """Whether they may be as good as each other."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.first == self.second:
            raise ValueError("first and second must be different columns")
        return self


AnyQuestion = Annotated[
    RatingQuestion
    | LabelQuestion
    | MultiLabelQuestion
    | RankingQuestion
    | SpanQuestion
    | EditQuestion
    | PairwiseQuestion,
    Field(discriminator="kind"),
]
"""A question, told by its `kind`."""


def _require_different(values: list[Any], name: str) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"{name} must be different from each other")
