"""Sampling parameters, as requests give them."""

from typing import Annotated

import msgspec

from textnlp.domain.generation.model import Parameters

_LARGEST_SEED = 2**63 - 1

Temperature = Annotated[float, msgspec.Meta(ge=0, le=2)]
TopP = Annotated[float, msgspec.Meta(gt=0, le=1)]
MaxTokens = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Seed = Annotated[int, msgspec.Meta(ge=-_LARGEST_SEED, le=_LARGEST_SEED)]
Choices = Annotated[int, msgspec.Meta(ge=1, le=8)]
Penalty = Annotated[float, msgspec.Meta(ge=-2, le=2)]
StopText = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
StopTexts = Annotated[list[StopText], msgspec.Meta(max_length=4)]


class SamplingParameters(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How to sample; what is left out is the engine's choice.

    Attributes:
        temperature: 0 picks the likeliest token every time.
        top_p: share of the probability that tokens are drawn from.
        max_tokens: tokens of the answer at most.
        seed: makes the engine draw the same again, where it can.
        stop: texts that end the answer and are not part of it.
        frequency_penalty: makes tokens less likely by how often they were written.
        presence_penalty: makes tokens less likely once they were written.
    """

    temperature: Temperature | None = None
    top_p: TopP | None = None
    max_tokens: MaxTokens | None = None
    seed: Seed | None = None
    stop: StopText | StopTexts | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None

    def parameters(self) -> Parameters:
        """Return them as the domain has them."""
        return Parameters(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=self.seed,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
        )
