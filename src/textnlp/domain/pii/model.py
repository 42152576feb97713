"""Personal data and secrets found in texts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from re import Match, Pattern


class PiiType(StrEnum):
    """What was found."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    ADDRESS = "address"
    NAME = "name"
    SECRET = "secret"  # noqa: S105  the word itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A piece of a text, from `start` to just before `end`.

    Attributes:
        locale: of which country it is, where that is known.
        why: what confirmed it: its form, its check digits, its context.
    """

    type: PiiType
    start: int
    end: int
    locale: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """Finds one kind of thing by its form.

    Attributes:
        pattern: its form; group 1 is the thing itself where there is one.
        confirm: whether what has the form is the thing, by its check digits or ranges.
        context: an expression that the forty characters before must match; None where the form says enough.
        why: what a finding rests on.
    """

    type: PiiType
    locale: str | None
    pattern: Pattern[str]
    why: str
    confirm: Callable[[Match[str]], bool] = lambda _: True
    context: Pattern[str] | None = None
