"""What a row must be like."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.part import JsonSchema, Part, Scalar
from textnlp.domain.validation.column_check import ColumnCheck
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.outside_checks import OutsideCheck
from textnlp.domain.validation.pii_checks import PiiCheck
from textnlp.domain.validation.text_checks import TextCheck

Count = Annotated[int, Field(ge=0)]


class RequiredCheck(ColumnCheck):
    """There is a value, and it is no empty text or list."""

    kind: Literal["required"]


class LengthCheck(ColumnCheck):
    """A text has so many characters, words, sentences and tokens, or a list so many items."""

    kind: Literal["length"]
    min_characters: Count | None = None
    max_characters: Count | None = None
    min_words: Count | None = None
    max_words: Count | None = None
    min_sentences: Count | None = None
    max_sentences: Count | None = None
    min_tokens: Count | None = None
    """Tokens are those of the model that runs in this process; counting them takes it into memory."""
    max_tokens: Count | None = None
    min_items: Count | None = None
    max_items: Count | None = None

    @property
    def counts_tokens(self) -> bool:
        """Whether a model has to be asked how many tokens a text has."""
        return self.min_tokens is not None or self.max_tokens is not None


class PatternCheck(ColumnCheck):
    """A regular expression is found in the text."""

    kind: Literal["pattern"]
    pattern: Annotated[str, Field(max_length=2_000)]
    """RE2 syntax; runs in linear time."""
    must_match: bool = True
    """False turns it about."""


class WordsCheck(ColumnCheck):
    """Words that must, or must not, occur in the text; case does not matter."""

    kind: Literal["words"]
    all_of: list[str] = []
    any_of: list[str] = []
    none_of: list[str] = []


class ValuesCheck(ColumnCheck):
    """The value is one of some."""

    kind: Literal["values"]
    values: list[Scalar]


class RangeCheck(ColumnCheck):
    """A number lies between bounds, both included."""

    kind: Literal["range"]
    low: float | None = None
    high: float | None = None


class SchemaCheck(ColumnCheck):
    """The value satisfies a JSON Schema; a text is read as JSON first."""

    kind: Literal["schema"]
    json_schema: JsonSchema = Field(alias="schema")


class SyntaxCheck(ColumnCheck):
    """The text is a program without syntax errors."""

    kind: Literal["syntax"]
    language: Literal["python", "sql", "json", "yaml", "toml", "html", "javascript", "bash"]
    dialect: str | None = None


class ConditionCheck(Part):
    """A condition over columns holds."""

    kind: Literal["condition"]
    where: str
    """An expression, such as `score.clarity.score >= 3`."""
    name: str | None = None
    """What its failures are counted under; the condition where left out."""


RuledCheck = (
    RequiredCheck
    | LengthCheck
    | PatternCheck
    | WordsCheck
    | ValuesCheck
    | RangeCheck
    | SchemaCheck
    | SyntaxCheck
    | ConditionCheck
)
"""Checks that look at one value or one row at a time."""

Check = Annotated[RuledCheck | TextCheck | PiiCheck | LeakageCheck | OutsideCheck, Field(discriminator="kind")]
"""A check, told by its `kind`."""
