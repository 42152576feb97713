"""A review as its owner describes it: which rows, what is asked of whom, and how it is decided."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from textnlp.domain.errors import invalid_input
from textnlp.domain.part import Name, Part
from textnlp.domain.review.questions import (
    MAX_QUESTIONS,
    AnyQuestion,
    Column,
    EditQuestion,
    PairwiseQuestion,
    SpanQuestion,
)

MAX_ITEMS = 10_000
MAX_GUIDELINE_CHARACTERS = 50_000

_Size = Annotated[int, Field(ge=1, le=MAX_ITEMS)]


class AllRows(Part):
    """Every row, in its order."""

    kind: Literal["all"] = "all"


class RandomSample(Part):
    """Some rows, each as likely as another."""

    kind: Literal["random"]
    size: _Size
    """How many."""


class StratifiedSample(Part):
    """Some rows of every value of a column: as many as its share, and one at least where there is room."""

    kind: Literal["stratified"]
    column: Column
    """The column whose values are the strata."""
    size: _Size
    """How many in all."""


class LowestScore(Part):
    """The rows with the lowest scores, the lowest first; rows without a score come last."""

    kind: Literal["lowest_score"]
    column: Column
    """The column with the score."""
    size: _Size
    """How many."""


class JudgeDisagreement(Part):
    """The rows on which judges' scores lie furthest apart, by their standard deviation."""

    kind: Literal["judge_disagreement"]
    columns: Annotated[list[Column], Field(min_length=2, max_length=50)]
    """The columns with the scores, one a judge."""
    size: _Size
    """How many."""


Sampling = Annotated[
    AllRows | RandomSample | StratifiedSample | LowestScore | JudgeDisagreement, Field(discriminator="kind")
]
"""Which rows are reviewed."""


class ReviewDocument(Part):
    """What is reviewed, by how many people, and what they are asked."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
    """What the review is called: lower case, digits, hyphens."""
    guidelines: Annotated[str, Field(max_length=MAX_GUIDELINE_CHARACTERS)] = ""
    """What reviewers read before they answer, in Markdown."""
    questions: Annotated[dict[Name, AnyQuestion], Field(min_length=1, max_length=MAX_QUESTIONS)]
    """What is asked, by name."""
    columns: Annotated[list[Column], Field(min_length=1, max_length=256)] | None = None
    """The columns that reviewers see; all where left out."""
    sampling: Sampling = AllRows()
    """Which rows are reviewed."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Decides which rows are drawn, and which side a text is shown on."""
    overlap: Annotated[int, Field(ge=1, le=50)] = 1
    """How many reviewers answer each row."""
    blind: bool = True
    """Whether reviewers see nothing of who wrote a text, how it was scored and what others answered."""
    hidden: tuple[Column, ...] = ("id", "model", "provider", "deployment", "endpoint")
    """Columns that a blind review does not show; scores that rows are chosen by are hidden as well."""
    settled_by: Literal["unanimity", "majority"] = "unanimity"
    """When answers need no decision: where all agree, or where more than half of them do."""
    lease_seconds: Annotated[int, Field(ge=30, le=86_400)] = 1_800
    """How long a row is kept for the reviewer who was given it."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.columns is not None:
            roots = {column.partition(".")[0] for column in self.columns}
            for name, question in self.questions.items():
                missing = {used.partition(".")[0] for used in _used_columns(question)} - roots
                if missing:
                    raise ValueError(f"question {name!r} is about {min(missing)!r}, which is none of the columns")
        return self

    @property
    def hidden_columns(self) -> frozenset[str]:
        """The columns that reviewers do not see, by their first part; none in an open review."""
        if not self.blind:
            return frozenset()
        judged: list[str] = []
        if isinstance(self.sampling, LowestScore):
            judged = [self.sampling.column]
        elif isinstance(self.sampling, JudgeDisagreement):
            judged = self.sampling.columns
        return frozenset(column.partition(".")[0] for column in [*self.hidden, *judged])


def read_review_document(value: object) -> ReviewDocument:
    """Return what JSON values describe; raise `INVALID_INPUT` at the first place that does not fit."""
    try:
        return ReviewDocument.model_validate(value)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(["review", *(str(part) for part in first["loc"])])
        message = first["msg"].removeprefix("Value error, ")
        raise invalid_input(f"{field}: {message[:1].lower()}{message[1:]}.", field=field) from exc


def _used_columns(question: AnyQuestion) -> tuple[str, ...]:
    if isinstance(question, SpanQuestion | EditQuestion):
        return (question.column,)
    if isinstance(question, PairwiseQuestion):
        return question.first, question.second
    return ()
