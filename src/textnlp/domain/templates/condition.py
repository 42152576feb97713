"""Conditions and values over the columns of a row, in the language of templates."""

from collections.abc import Mapping
from typing import Any


class Condition:
    """A condition that was read; it can be looked at for any number of rows."""

    def __init__(self, text: str) -> None:
        self.names: frozenset[str] = frozenset()

    def holds(self, variables: Mapping[str, Any]) -> bool:
        """Whether the condition holds for these variables."""
        raise NotImplementedError


class Expression:
    """A template that is one `{{ … }}` alone, whose value keeps its type."""

    def __init__(self, text: str) -> None:
        self.names: frozenset[str] = frozenset()

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Return the value, in JSON's types."""
        raise NotImplementedError
