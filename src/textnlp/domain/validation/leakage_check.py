"""Whether rows copy what they were made from."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.part import Name, Part


class LeakageCheck(Part):
    """The texts copy nothing from the seeds they were made from, and hold no canary.

    The score is the words of the longest copied span.
    """

    kind: Literal["leakage"]
    columns: Annotated[list[Name], Field(min_length=1)]
    """The columns whose texts are looked at, each by itself."""
    name: str = "leakage"
    """What its failures are counted under."""
    sources: list[Name] = []
    """The columns with what the row was made from."""
    max_copied_words: Annotated[int, Field(ge=1)] = 12
    """Words in a row that may be taken from a source, case and punctuation aside."""
    max_similarity: Annotated[float, Field(gt=0, le=1)] = 0.9
    """Similarity to a source (Jaccard, of three-word shingles) from which on a text is a copy."""
    canaries: Annotated[list[Annotated[str, Field(min_length=8)]], Field(max_length=1_000)] = []
    """Strings that were put into the seeds so that nobody uses them unseen; case does not matter."""
