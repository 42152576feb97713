"""What is found in a text that hurts."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of harm a word or phrase does."""

    INSULT = "insult"
    OBSCENITY = "obscenity"
    THREAT = "threat"
    HATE = "hate"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"


class Level(StrEnum):
    """How sure a word does harm by itself.

    `mild` words need a person that they are said to before they weigh much; `aimed` ones are nothing without.
    """

    STRONG = "strong"
    PLAIN = "plain"
    MILD = "mild"
    AIMED = "aimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A word or phrase of a lexicon, in folded letters."""

    word: str
    category: Category
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was found.

    Attributes:
        start: where it begins in the folded text, in characters; `end` is behind it.
        score: 0 to 1, after its context was looked at.
        shown: the first letter of each word, the others masked.
    """

    category: Category
    start: int
    end: int
    score: float
    shown: str
