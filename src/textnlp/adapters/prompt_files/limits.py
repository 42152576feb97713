"""How large a row may be."""

from dataclasses import dataclass

from textnlp.adapters.prompt_files.conversations import DEFAULT_MAX_PROMPT_CHARACTERS

_BYTES_A_CHARACTER = 6
_BYTES_BESIDE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLimits:
    """How large a row may be.

    Attributes:
        max_characters: all texts of a row's conversation together.
    """

    max_characters: int = DEFAULT_MAX_PROMPT_CHARACTERS

    @property
    def max_line_bytes(self) -> int:
        """Bytes of a line that can still be a row; JSON may write six for a character."""
        return self.max_characters * _BYTES_A_CHARACTER + _BYTES_BESIDE


DEFAULT_LIMITS = RowLimits()
