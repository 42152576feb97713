"""A set of words that a later platform may add to."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """Words that the platform answers with; one that is not known here is taken as it is, not refused."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value.upper()
        member._value_ = value
        return member
