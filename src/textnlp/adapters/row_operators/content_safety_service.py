"""Azure AI Content Safety, asked about texts.

Requests and answers are those of `text:analyze`, version 2024-09-01:
https://learn.microsoft.com/rest/api/contentsafety/text-operations/analyze-text
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import aiohttp
import msgspec

from textnlp.adapters.row_operators.bounded_body import read_bounded
from textnlp.adapters.row_operators.resource_identity import ResourceIdentity, bearer, subscription_key
from textnlp.application.ask_again import ask_all
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.admission.retry_after import retry_after_seconds
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import ContentSafetyCheck
from textnlp.ports.clock import Clock

MOST_CHARACTERS = 10_000
"""Code points that the service takes in one request."""
MOST_REQUESTS = 8

_PATH = "/contentsafety/text:analyze"
_VERSION = "2024-09-01"
_MOST_ANSWER_BYTES = 1 << 20
_OVERLAP = 200
_TIMEOUT_SECONDS = 30.0
_POLICY = RetryPolicy(max_attempts=8, deadline_seconds=300, first_delay_seconds=1.0, longest_delay_seconds=20)
_NAMES = {"hate": "Hate", "self_harm": "SelfHarm", "sexual": "Sexual", "violence": "Violence"}


class _Severity(msgspec.Struct, rename="camel"):
    category: str
    severity: Annotated[int, msgspec.Meta(ge=0, le=7)]


class _Match(msgspec.Struct, rename="camel"):
    blocklist_name: str


class _Answer(msgspec.Struct, rename="camel"):
    categories_analysis: list[_Severity]
    blocklists_match: list[_Match] = []


class _Error(msgspec.Struct):
    code: str = ""


class _Refusal(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the service says of a text.

    Attributes:
        severities: by category, in the service's spelling.
        blocklists: the names of those with a term in the text.
    """

    severities: dict[str, int]
    blocklists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSafetyResource:
    """A resource that is asked.

    Attributes:
        endpoint: scheme and host, such as `https://name.cognitiveservices.azure.com`.
        key: one of its keys; or `token`, an Entra ID token for `https://cognitiveservices.azure.com`.
        identity: gives one of both for each request, in place of them.
    """

    endpoint: str
    key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    identity: ResourceIdentity | None = None

    async def headers(self) -> Mapping[str, str]:
        """Return what identifies the caller; raises what `identity` does."""
        if self.identity is not None:
            return await self.identity.headers()
        if self.token is not None:
            return bearer(self.token)
        return {} if self.key is None else subscription_key(self.key)

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether there are other headers to try than those that were refused."""
        return self.identity is not None and await self.identity.is_renewed(refused)

    async def aclose(self) -> None:
        """Let go of what identifies the caller."""
        if self.identity is not None:
            await self.identity.aclose()


class ContentSafetyService:
    """Asks a resource over kept-alive connections of one event loop.

    A request that meets no answer, an error of the server or its limit of requests (429) is made again, after the wait
    that `Retry-After` asks for where it does; the error of the last attempt stands.
    """

    def __init__(self, resource: ContentSafetyResource, *, clock: Clock, policy: RetryPolicy = _POLICY) -> None:
        self._resource = resource
        self._clock = clock
        self._policy = policy
        self._url = resource.endpoint.rstrip("/") + _PATH
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, texts: Sequence[str], *, check: ContentSafetyCheck) -> list[Found]:
        """Return what is found in each text; of a text that is too long for one request, the gravest of its pieces.

        Eight requests are on their way at most. Raises `UNAUTHENTICATED`, `RATE_LIMITED`, `UNAVAILABLE`, `TIMEOUT`,
        `INVALID_INPUT` for what the service does not take, such as a blocklist that it does not have, and
        `BAD_RESPONSE`; none with a piece of a text.
        """
        pieces = [(place, piece) for place, text in enumerate(texts) for piece in divided(text)]
        asks = [partial(self._post, _body(piece, check)) for _, piece in pieces]
        answers = await ask_all(asks, most=MOST_REQUESTS, policy=self._policy, clock=self._clock)
        by_place: dict[int, list[Found]] = {}
        for (place, _), answer in zip(pieces, answers, strict=True):
            by_place.setdefault(place, []).append(answer)
        return [_gravest(by_place[place]) for place in range(len(texts))]

    async def aclose(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        await self._resource.aclose()

    async def _post(self, body: bytes) -> Found:
        identity = await self._resource.headers()
        try:
            return await self._post_as(identity, body)
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAUTHENTICATED or not await self._resource.is_renewed(identity):
                raise
        return await self._post_as(await self._resource.headers(), body)

    async def _post_as(self, identity: Mapping[str, str], body: bytes) -> Found:
        try:
            async with (
                asyncio.timeout(_TIMEOUT_SECONDS),
                self._open().post(
                    self._url, params={"api-version": _VERSION}, data=body, headers=identity, allow_redirects=False
                ) as response,
            ):
                answer = await read_bounded(response, most_bytes=_MOST_ANSWER_BYTES)
                status, wait = response.status, retry_after_seconds(response.headers, now=self._clock.now())
        except TimeoutError as exc:
            told = f"Content Safety did not answer within {_TIMEOUT_SECONDS:g} s."
            raise TextNLPError(told, kind=ErrorKind.TIMEOUT) from exc
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            told = "Content Safety cannot be reached, or broke off the connection."
            raise TextNLPError(told, kind=ErrorKind.UNAVAILABLE) from exc
        if answer is None:
            raise _bad_answer()
        if status != HTTPStatus.OK:
            raise _refusal(status, answer, wait)
        return _read(answer)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Content-Type": "application/json", "User-Agent": "textnlp"},
                connector=aiohttp.TCPConnector(limit=MOST_REQUESTS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session


def divided(text: str) -> list[str]:
    """Return a text in pieces that the service takes, each beginning with the last words of the one before."""
    pieces: list[str] = []
    start = 0
    while len(text) - start > MOST_CHARACTERS:
        end = start + MOST_CHARACTERS
        space = text.rfind(" ", end - _OVERLAP, end)
        end = end if space < 0 else space + 1
        pieces.append(text[start:end])
        start = end - _OVERLAP
    return [piece for piece in (*pieces, text[start:]) if piece.strip()]


def _body(text: str, check: ContentSafetyCheck) -> bytes:
    sent: dict[str, Any] = {
        "text": text,
        "categories": [_NAMES[name] for name in check.categories],
        "outputType": "EightSeverityLevels",
    }
    if check.blocklists:
        sent |= {"blocklistNames": check.blocklists, "haltOnBlocklistHit": False}
    return msgspec.json.encode(sent)


def _gravest(answers: Sequence[Found]) -> Found:
    severities: dict[str, int] = {}
    for answer in answers:
        for name, severity in answer.severities.items():
            severities[name] = max(severity, severities.get(name, 0))
    return Found(
        severities=severities, blocklists=tuple(dict.fromkeys(name for each in answers for name in each.blocklists))
    )


def _read(answer: bytes) -> Found:
    try:
        read = msgspec.json.decode(answer, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _bad_answer() from exc
    return Found(
        severities={each.category: each.severity for each in read.categories_analysis},
        blocklists=tuple(each.blocklist_name for each in read.blocklists_match),
    )


def _bad_answer() -> TextNLPError:
    return TextNLPError("Content Safety gave an answer that makes no sense.", kind=ErrorKind.BAD_RESPONSE)


def _refusal(status: int, answer: bytes, wait: float | None) -> TextNLPError:
    """Return the error for a status; the service's message may repeat a text, so that its code alone is told."""
    try:
        code = msgspec.json.decode(answer, type=_Refusal).error.code
    except (msgspec.DecodeError, UnicodeDecodeError):
        code = ""
    kind, hint = _KINDS.get(status, (ErrorKind.BAD_RESPONSE, None))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = ErrorKind.UNAVAILABLE
    told = f", {code}" if code.isascii() and code.isalnum() else ""
    return TextNLPError(
        f"Content Safety did not judge the texts: it answered {status}{told}.",
        kind=kind,
        facts=ErrorFacts(status_code=status, hint=hint, retry_after_seconds=wait),
    )


_KINDS: dict[int, tuple[ErrorKind, str | None]] = {
    400: (ErrorKind.INVALID_INPUT, "It may not know a blocklist that the check names."),
    401: (ErrorKind.UNAUTHENTICATED, "The key or token is not one of the resource at TEXTNLP_CONTENT_SAFETY_ENDPOINT."),
    403: (ErrorKind.FORBIDDEN, "The resource lets in neither this network nor this identity."),
    404: (ErrorKind.INVALID_INPUT, "There may be no such resource, or no such blocklist."),
    429: (ErrorKind.RATE_LIMITED, "The resource's tier allows fewer requests; a higher one allows more."),
}
