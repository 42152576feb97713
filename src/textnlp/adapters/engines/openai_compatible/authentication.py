"""How an endpoint learns who calls."""

from collections.abc import Mapping
from typing import Protocol

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_HIDDEN = "***"


class Authentication(Protocol):
    """Gives the headers that identify the caller; never shows a secret in its own text form."""

    async def headers(self) -> Mapping[str, str]:
        """Return the headers for one call; the same object as long as they stay the same."""
        ...

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether, after the headers `refused` were not taken (401), there are others to try."""
        ...

    def redact(self, text: str) -> str:
        """Return `text` without the secret, for messages that may quote what was sent."""
        ...


class NoAuthentication:
    """An endpoint that asks nobody who they are."""

    _HEADERS: Mapping[str, str] = {}

    async def headers(self) -> Mapping[str, str]:
        """Return no headers."""
        return self._HEADERS

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002  there are none to try
        """Say that there is nothing else to try."""
        return False

    def redact(self, text: str) -> str:
        """Return `text` as it is: there is nothing to hide."""
        return text


class _HeaderKey:
    """A key that goes into one header."""

    __slots__ = ("_headers", "_key")

    def __init__(self, key: str, *, header: str, prefix: str) -> None:
        self._key = _usable(key)
        self._headers: Mapping[str, str] = {header: prefix + self._key}

    async def headers(self) -> Mapping[str, str]:
        """Return the header that carries the key."""
        return self._headers

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Say that there is no other key."""
        return self._headers != refused

    def redact(self, text: str) -> str:
        """Return `text` with the key blotted out."""
        return text.replace(self._key, _HIDDEN)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_HIDDEN})"


class BearerKey(_HeaderKey):
    """A key sent as `Authorization: Bearer …`, as OpenAI and vLLM take it.

    White space around the key is dropped; raises `INVALID_INPUT` for a key that is empty or that no header can carry.
    """

    __slots__ = ()

    def __init__(self, key: str) -> None:
        super().__init__(key, header="Authorization", prefix="Bearer ")


class ApiKeyHeader(_HeaderKey):
    """A key sent as `api-key: …`, as Azure OpenAI takes it; raises as `BearerKey` does."""

    __slots__ = ()

    def __init__(self, key: str) -> None:
        super().__init__(key, header="api-key", prefix="")


def _usable(key: str) -> str:
    stripped = key.strip()
    if not stripped:
        raise _refused("The API key is empty.")
    if not (stripped.isascii() and stripped.isprintable()):
        raise _refused("The API key holds a character that no HTTP header can carry.")
    return stripped


def _refused(message: str) -> TextNLPError:
    hint = "Copy it again: a key is one line of letters, digits and punctuation."
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint, field="api_key"))
