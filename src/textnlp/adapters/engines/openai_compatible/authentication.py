"""How an endpoint learns who calls."""

from collections.abc import Mapping
from typing import Protocol

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import AccessTokens

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

    async def aclose(self) -> None:
        """Free what it holds; closing twice is harmless."""
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

    async def aclose(self) -> None:
        """Nothing is held."""


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

    async def aclose(self) -> None:
        """Nothing is held."""

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


class EntraToken:
    """A token of Microsoft Entra ID for one scope; `tokens` are asked for every call, and renew it before its end.

    Raises what `AccessTokens` does. Closing frees the connections of `tokens`, which open again for who still asks.
    """

    __slots__ = ("_headers", "_scope", "_tokens", "_value")

    def __init__(self, tokens: AccessTokens, *, scope: str) -> None:
        self._tokens = tokens
        self._scope = scope
        self._value = ""
        self._headers: Mapping[str, str] = {}

    async def headers(self) -> Mapping[str, str]:
        """Return the header that carries the token."""
        token = await self._tokens.token(self._scope)
        if token.value != self._value:
            self._value, self._headers = token.value, {"Authorization": f"Bearer {token.value}"}
        return self._headers

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002  renewed before it ends
        """Return False: a token that is refused is not replaced by another."""
        return False

    def redact(self, text: str) -> str:
        """Return `text` with the token blotted out."""
        return text.replace(self._value, _HIDDEN) if self._value else text

    async def aclose(self) -> None:
        """Close the connections to Entra ID."""
        await self._tokens.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._scope})"


class OnlineDeployment:
    """Names the deployment of an Azure ML online endpoint that shall answer, beside who calls.

    Source: learn.microsoft.com, "Perform safe rollout of new deployments": the header overrides the traffic rules.
    """

    __slots__ = ("_given", "_headers", "_inner", "_name")

    def __init__(self, inner: Authentication, *, name: str) -> None:
        self._inner = inner
        self._name = name
        self._given: Mapping[str, str] | None = None
        self._headers: Mapping[str, str] = {}

    async def headers(self) -> Mapping[str, str]:
        """Return the headers of the caller, and the deployment's."""
        given = await self._inner.headers()
        if given is not self._given:
            self._given, self._headers = given, {**given, "azureml-model-deployment": self._name}
        return self._headers

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Say what the caller's identity says."""
        return await self._inner.is_renewed(refused)

    def redact(self, text: str) -> str:
        """Return `text` without what identifies the caller."""
        return self._inner.redact(text)

    async def aclose(self) -> None:
        """Free what the caller's identity holds."""
        await self._inner.aclose()


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
