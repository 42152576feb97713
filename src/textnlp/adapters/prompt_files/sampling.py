"""Sampling parameters as people write them, checked."""

import difflib
import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS, Parameters

MOST_STOPS = 4
MOST_TOKENS = 10_000_000
INT64 = 2**63

_LONGEST_SHOWN = 60
_ALIASES = {"max_completion_tokens": "max_tokens"}

_Check = Callable[[Any], Any]
"""Returns the value as `Parameters` holds it, or None where it cannot be one."""


def read_parameters(values: Mapping[str, Any], *, field: str = "parameters") -> Parameters:
    """Check values by name; None counts as not given.

    Raises `INVALID_INPUT` with the dotted path of what is wrong, for a name that is not known with the nearest that
    is. `max_completion_tokens`, OpenAI's later name, stands for `max_tokens`.
    """
    checked: dict[str, Any] = {}
    for given_name, value in values.items():
        if given_name not in _CHECKS:
            raise _unknown(given_name, field)
        if value is None:
            continue
        expected, check = _CHECKS[given_name]
        result = check(value)
        if result is None:
            raise invalid_input(f"{given_name} must be {expected}, not {_shown(value)}.", field=f"{field}.{given_name}")
        name = _ALIASES.get(given_name, given_name)
        if checked.setdefault(name, result) != result:
            raise invalid_input(f"{given_name} and {name} differ: give one of them.", field=f"{field}.{given_name}")
    return Parameters(**checked) if checked else NO_PARAMETERS


@functools.lru_cache(maxsize=1024)
def nearest_name(name: str, names: tuple[str, ...], *, likeness: float = 0.6) -> str | None:
    """Return which of `names` may have been meant by `name`, if any comes near."""
    return next(iter(difflib.get_close_matches(name.lower(), names, n=1, cutoff=likeness)), None)


def _unknown(name: str, field: str) -> TextNLPError:
    nearest = nearest_name(name, PARAMETER_NAMES)
    hint = f"did you mean {nearest!r}?" if nearest else f"the known ones are {', '.join(PARAMETER_NAMES)}."
    return invalid_input(f"{_shown(name)} is not a parameter; {hint}", field=f"{field}.{name[:_LONGEST_SHOWN]}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _number(value: Any, low: float, high: float) -> float | None:
    return value if type(value) in {int, float} and low <= value <= high else None


def _share(value: Any) -> float | None:
    return value if type(value) in {int, float} and 0 < value <= 1 else None


def _whole(value: Any, low: int, high: int) -> int | None:
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and low <= value <= high else None


def _stops(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        return None
    stops = cast("list[Any]", value)
    is_sound = len(stops) <= MOST_STOPS and all(isinstance(stop, str) and stop and "\0" not in stop for stop in stops)
    return tuple(stops) if is_sound else None


_PENALTY = ("a number from -2 to 2", functools.partial(_number, low=-2, high=2))
_TOKENS = ("a whole number, 1 or more", functools.partial(_whole, low=1, high=MOST_TOKENS))
_CHECKS: dict[str, tuple[str, _Check]] = {
    "temperature": ("a number from 0 to 2", functools.partial(_number, low=0, high=2)),
    "top_p": ("a number above 0, at most 1", _share),
    "max_tokens": _TOKENS,
    "max_completion_tokens": _TOKENS,
    "seed": ("a whole number of 64 bits", functools.partial(_whole, low=-INT64, high=INT64 - 1)),
    "stop": (f"a text, or a list of at most {MOST_STOPS} texts, none of them empty", _stops),
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
}

PARAMETER_NAMES = tuple(_CHECKS)
"""Every name under which a parameter can be given."""
