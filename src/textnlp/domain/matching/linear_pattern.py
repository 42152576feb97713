"""Regular expressions that run in linear time."""

from typing import Any, cast

import re2

_re2 = cast("Any", re2)


class LinearPattern:
    """A regular expression in RE2 syntax (Cox 2010): no text takes more than time in proportion to its length.

    Raises `ValueError` that says why for one that is none, such as one with a look-ahead or a back reference, and for
    one that takes more than `max_bytes` once compiled.
    """

    def __init__(self, pattern: str, *, max_bytes: int = 8 << 20) -> None:
        options = _re2.Options()
        options.log_errors = False
        options.max_mem = max_bytes
        try:
            self._compiled = _re2.compile(pattern, options)
        except _re2.error as exc:
            told = exc.args[0] if exc.args else str(exc)
            raise ValueError(told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)) from exc
        except UnicodeEncodeError as exc:
            raise ValueError("it holds a lone surrogate") from exc

    def find(self, text: str) -> str | None:
        """Return the first place in a text that matches, None where none does; it may be empty."""
        found = self._compiled.search(text.encode("utf-8", "replace"))
        return None if found is None else cast("bytes", found.group(0)).decode("utf-8", "replace")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where an ASCII text matches, one place after the other, without overlaps."""
        return [cast("tuple[int, int]", found.span()) for found in self._compiled.finditer(text.encode("ascii"))]


def escape(text: str) -> str:
    """Return the expression that a text alone matches."""
    return cast("str", _re2.escape(text))
