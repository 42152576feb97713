"""Texts turned into vectors: what is asked of a model and what it answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textnlp.domain.generation.model import NO_USAGE, Usage

if TYPE_CHECKING:
    from array import array

EmbeddingInput = str | tuple[int, ...]
"""A text, or the same as tokens of the model's own vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """Texts to be turned into vectors.

    Attributes:
        model: name of the model as its provider knows it.
        inputs: at least one, none of them empty.
        dimensions: length of the vectors; None for the model's own.
        timeout_seconds: how long one attempt may take.
        sticky_key: as in `GenerationRequest`.
    """

    model: str
    inputs: tuple[EmbeddingInput, ...]
    dimensions: int | None = None
    timeout_seconds: float = 120.0
    sticky_key: str | None = None

    @property
    def has_tokens(self) -> bool:
        """Whether an input is given as tokens."""
        return any(isinstance(each, tuple) for each in self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embeddings:
    """One vector an input, in the order of the inputs.

    Attributes:
        vectors: numbers of 32 bits each; all of one length.
        model: the model that answered, as its provider names it.
        usage: tokens of the call; those of the completion are none.
        attempts: calls made for the answer, the last one included.
        deployment: the one that answered, where the model is an alias of several; else empty.
    """

    vectors: tuple["array[float]", ...]
    model: str
    usage: Usage = NO_USAGE
    attempts: int = 1
    deployment: str = ""
