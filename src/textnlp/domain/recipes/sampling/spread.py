"""Parameters of a call, drawn from what an alias says of them."""

import numpy as np

from textnlp.domain.generation.model import Parameters
from textnlp.domain.recipes.models import ChoiceSpread, GaussianSpread, ModelAlias, Spread, UniformSpread
from textnlp.domain.recipes.sampling.seeding import derived_seed, generator_of

_SEEDS = 1 << 31
_BOUNDS = {
    "temperature": (0.0, 2.0),
    "top_p": (1e-3, 1.0),
    "frequency_penalty": (-2.0, 2.0),
    "presence_penalty": (-2.0, 2.0),
}
_DECIMALS = 4


def draw_parameters(alias: ModelAlias, *, seed: int, place: str) -> Parameters:
    """Return the parameters of one call: what the alias fixes as it is, what it spreads drawn for `place`.

    Values outside what a parameter may be are cut to it. The call's own seed, 0 to 2 ** 31 - 1, follows from `seed` and
    `place` as well, so that a call is the same whenever it is made.
    """
    drawn: dict[str, float | None] = {}
    for name, (low, high) in _BOUNDS.items():
        given: float | Spread | None = getattr(alias, name)
        if given is None or isinstance(given, int | float):
            drawn[name] = given
        else:
            value = _draw(given, generator_of(seed, place, name))
            drawn[name] = round(min(max(value, low), high), _DECIMALS)
    return Parameters(
        temperature=drawn["temperature"],
        top_p=drawn["top_p"],
        frequency_penalty=drawn["frequency_penalty"],
        presence_penalty=drawn["presence_penalty"],
        max_tokens=alias.max_tokens,
        stop=tuple(alias.stop),
        seed=derived_seed(seed, place) % _SEEDS,
    )


def _draw(spread: Spread, generator: np.random.Generator) -> float:
    match spread:
        case UniformSpread():
            low, high = sorted(spread.uniform)
            return float(generator.uniform(low, high))
        case GaussianSpread():
            mean, deviation = spread.gaussian
            return float(generator.normal(mean, abs(deviation)))
        case ChoiceSpread():
            return spread.choice[int(generator.integers(len(spread.choice)))]
