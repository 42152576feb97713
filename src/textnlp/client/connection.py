"""Where a platform is and how it is called: what the blocking and the asynchronous transport share."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from textnlp.client.call import JSON, Call
from textnlp.client.errors import Refusals
from textnlp.client.retries import RetryPolicy
from textnlp.client.server_sent_events import EventReader, ServerEvent
from textnlp.domain.errors import TextNLPError, invalid_input

DEFAULT_SERVER = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT_SECONDS = 300.0
DEFAULT_RETRIES = 2
ADDRESS_HINT = "base_url=URL"
_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 45.0
_LARGEST_ANSWER_BYTES = 256 << 20
_LARGEST_EVENT_BYTES = 16 << 20
_UNNAMED = "message"
_END = b"[DONE]"

_Shape = TypeVar("_Shape")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a platform is called.

    Attributes:
        server: its address, such as `http://127.0.0.1:8000`.
        token: a token or an API key; None calls without credentials.
        timeout_seconds: how long the platform may be silent, in an answer or before it.
        retries: how often a call is made again that failed for a passing reason.
        address_hint: how whoever reads an error names another address.
    """

    server: str = DEFAULT_SERVER
    token: str | None = field(default=None, repr=False)
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    retries: int = DEFAULT_RETRIES
    address_hint: str = ADDRESS_HINT

    def __post_init__(self) -> None:
        """Raise `INVALID_INPUT` for a server that is no address."""
        parts = urlsplit(self.server)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise invalid_input(
                f"{self.server!r} is not the address of a platform, such as {DEFAULT_SERVER}.", field="server"
            )

    @property
    def refusals(self) -> Refusals:
        """Return the reader of this platform's errors."""
        return Refusals(self.server.rstrip("/"), address_hint=self.address_hint)

    @property
    def policy(self) -> RetryPolicy:
        """Return what is done about a call that failed."""
        return RetryPolicy(self.retries)

    def options(self) -> dict[str, Any]:
        """Return the arguments of httpx's clients, which read no environment and follow no redirect with a token."""
        return {
            "base_url": self.server.rstrip("/"),
            "headers": {"Authorization": f"Bearer {self.token}"} if self.token else {},
            "timeout": httpx.Timeout(self.timeout_seconds, connect=_CONNECT_SECONDS),
            "follow_redirects": False,
            "trust_env": False,
            "verify": ssl.create_default_context(),
        }

    def linked(self, call: Call, response: httpx.Response) -> httpx.Request | None:
        """Return what fetches the file that an answer has a link to, without the token; None for any other answer."""
        following = response.next_request
        if call.accept == JSON or response.status_code != HTTPStatus.SEE_OTHER or following is None:
            return None
        following.headers.pop("Authorization", None)
        return following if following.url.scheme == "https" else None

    def request(self, call: Call) -> dict[str, Any]:
        """Return the arguments of httpx's `build_request` for a call, but for its headers and its file."""
        read_seconds = min(self.timeout_seconds, _SILENCE_SECONDS) if call.follows else self.timeout_seconds
        return {
            "method": call.method,
            "url": call.path,
            "params": call.parameters(),
            "content": call.content(),
            "data": call.form(),
            "timeout": httpx.Timeout(self.timeout_seconds, connect=_CONNECT_SECONDS, read=read_seconds),
        }


class Body:
    """Collects the body of an answer; raises `BAD_RESPONSE` for one that has no end."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._content = bytearray()

    def add(self, piece: bytes) -> None:
        """Take in a piece."""
        self._content += piece
        if len(self._content) > _LARGEST_ANSWER_BYTES:
            raise self._refusals.too_large("an answer", limit_bytes=_LARGEST_ANSWER_BYTES)

    def decoded(self, response: httpx.Response, shape: type[_Answer]) -> _Answer:
        """Return the body as `shape`; raises `BAD_RESPONSE` where it is something else."""
        try:
            return msgspec.json.decode(self._content, type=shape)
        except msgspec.DecodeError as exc:
            raise self.error(response) from exc

    def error(self, response: httpx.Response) -> TextNLPError:
        """Return the error that the body tells of."""
        return self._refusals.answered(
            bytes(self._content), status=response.status_code, headers=dict(response.headers)
        )


class TypedEvents(Generic[_Shape]):
    """Reads the events of a stream as the structs that belong to their names; other events are passed over.

    A stream of events without names ends with one that says so; `require_end` raises `BAD_RESPONSE` for one that did
    not. An event that tells of an error raises it.
    """

    def __init__(self, kinds: Mapping[str, type[_Shape]], refusals: Refusals) -> None:
        self.is_ended = False
        self._kinds = kinds
        self._refusals = refusals
        self._reader = EventReader()

    def feed(self, piece: bytes) -> Iterator[_Shape]:
        """Take in a piece and yield what its events hold."""
        for event in self._reader.feed(piece):
            if event.data == _END:
                self.is_ended = True
            elif (kind := self._kinds.get(event.name)) is not None:
                yield self._decoded(event, kind)
            elif event.name == "error":
                raise self._refusals.in_stream(event.data)
        if self._reader.waiting_bytes > _LARGEST_EVENT_BYTES:
            raise self._refusals.too_large("an event", limit_bytes=_LARGEST_EVENT_BYTES)

    def require_end(self) -> None:
        """Raise `BAD_RESPONSE` where the stream should have said that it is complete, and did not."""
        if _UNNAMED in self._kinds and not self.is_ended:
            raise self._refusals.cut_off()

    def _decoded(self, event: ServerEvent, kind: type[_Shape]) -> _Shape:
        try:
            return msgspec.json.decode(event.data, type=kind)
        except msgspec.DecodeError as exc:
            raise self._refusals.in_stream(event.data) from exc
