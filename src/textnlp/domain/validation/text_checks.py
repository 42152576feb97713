"""What texts must be like, beyond their form."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.validation.column_check import ColumnCheck

_Share = Annotated[float, Field(ge=0, le=1)]


class LanguageCheck(ColumnCheck):
    """The text is in one of the expected languages; the score is the probability of that."""

    kind: Literal["language"]
    languages: Annotated[list[str], Field(min_length=1)]
    """ISO 639 codes such as `en`; languages that are hardly told apart (hr, bs, sr; id, ms; nb, nn) count as one."""
    min_probability: _Share = 0.5
    """From which on it is taken to be in one of them."""
    min_characters: Annotated[int, Field(ge=0)] = 20
    """Shorter texts pass, for nobody could tell."""


class ReadabilityCheck(ColumnCheck):
    """How hard the text is to read lies between bounds, both included; the score is the formula's."""

    kind: Literal["readability"]
    formula: Literal[
        "flesch_reading_ease",
        "flesch_kincaid_grade",
        "gunning_fog",
        "smog",
        "coleman_liau",
        "automated_readability",
        "amstad",
        "fernandez_huerta",
    ] = "flesch_reading_ease"
    """The formula; `amstad` is for German, `fernandez_huerta` for Spanish, the others for English."""
    low: float | None = None
    high: float | None = None


class RepetitionCheck(ColumnCheck):
    """The text does not say the same again and again; limits are shares, those of Gopher where left out.

    The score is the largest share in proportion to its limit: above 1 fails.
    """

    kind: Literal["repetition"]
    max_repeated_lines: _Share = 0.3
    """Of its lines, those that stand in it before; paragraphs as well."""
    max_top_grams: Annotated[list[_Share], Field(min_length=3, max_length=3)] = [0.20, 0.18, 0.16]
    """Of its characters, those in its most frequent run of 2, 3 and 4 words."""
    max_repeated_grams: Annotated[list[_Share], Field(min_length=6, max_length=6)] = [
        *(0.15, 0.14, 0.13, 0.12, 0.11, 0.10),
    ]
    """Of its characters, those in runs of 5 to 10 words that occur more than once."""
    min_words: Annotated[int, Field(ge=0)] = 20
    """Texts of fewer words pass: a short text repeats itself by chance."""


class ProseCheck(ColumnCheck):
    """The text is made of sentences rather than of symbols, lists and fragments; limits are Gopher's where left out."""

    kind: Literal["prose"]
    max_symbol_share: Annotated[float, Field(ge=0)] = 0.1
    """Number signs and ellipses by word."""
    max_bullet_lines: _Share = 0.9
    """Of its lines, those that begin with a bullet."""
    max_ellipsis_lines: _Share = 0.3
    """Of its lines, those that end with an ellipsis."""
    min_alphabetic_words: _Share = 0.8
    """Of its words, those with a letter."""
    min_mean_word_length: Annotated[float, Field(ge=0)] = 3.0
    max_mean_word_length: Annotated[float, Field(ge=0)] = 10.0
    min_words: Annotated[int, Field(ge=0)] = 20
    """Texts of fewer words pass."""


class MarkupCheck(ColumnCheck):
    """No traces of mark-up are in the text."""

    kind: Literal["markup"]
    forbid: list[Literal["html", "markdown", "tokens"]] = ["html", "tokens"]
    """What is looked for; `tokens` are the marks of chat templates."""


class CompleteCheck(ColumnCheck):
    """The text was not cut off: brackets, quotes and code fences are closed, and it ends as sentences do."""

    kind: Literal["complete"]
    needs_sentence: bool = True
    """False lets it end anywhere, as titles and labels do."""


class EncodingCheck(ColumnCheck):
    """Nothing shows that the text was decoded wrongly; no control or invisible characters are in it."""

    kind: Literal["encoding"]


class RefusalCheck(ColumnCheck):
    """The text is an answer: no refusal, no talk of being a model, no empty opening, nothing left to be filled in."""

    kind: Literal["refusal"]
    forbid: list[Literal["refusal", "self", "opening", "unfilled"]] = ["refusal", "self", "unfilled"]
    """What is looked for; `opening` is "Sure, here is …"."""


class PromptLeakCheck(ColumnCheck):
    """The text does not repeat what it was asked with; the score is the longest shared run of words."""

    kind: Literal["prompt_leak"]
    source_column: str | None = None
    """The column with what it was asked with."""
    texts: list[str] = []
    """Or the texts themselves, such as a system prompt."""
    max_words: Annotated[int, Field(ge=1)] = 12
    """Words in a row that may be the same."""


class ToxicityCheck(ColumnCheck):
    """The text does not insult, threaten or hate anybody, is not obscene and calls for no harm; the score is 0 to 1.

    Words are found however they are disguised, and weigh less where they are quoted, denied or spoken about. Words for
    groups of people are never toxic by themselves.
    """

    kind: Literal["toxicity"]
    max_score: _Share = 0.5
    """The highest score that passes: a mild word alone, or a strong one in a quotation, has less than 0.5."""
    categories: Annotated[
        list[Literal["insult", "obscenity", "threat", "hate", "sexual", "self_harm"]], Field(min_length=1)
    ] = [*("insult", "obscenity", "threat", "hate", "sexual", "self_harm")]
    """What is looked for."""
    languages: Annotated[list[Literal["en", "de", "fr", "es", "it"]], Field(min_length=1)] = ["en"]
    """Those that the texts may be in; threats and hate in words that are harmless alone are found best in English."""


TextCheck = (
    LanguageCheck
    | ReadabilityCheck
    | RepetitionCheck
    | ProseCheck
    | MarkupCheck
    | CompleteCheck
    | EncodingCheck
    | RefusalCheck
    | PromptLeakCheck
    | ToxicityCheck
)
