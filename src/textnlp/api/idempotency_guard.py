"""Answers a call that is repeated with the same `Idempotency-Key` as it was answered first."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from textnlp.api.caller import owner_of
from textnlp.api.openapi import Description, description_of
from textnlp.api.request_body import body_pieces
from textnlp.api.request_fingerprint import RequestFingerprint
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.domain.errors import invalid_input
from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim
from textnlp.domain.idempotency.rules import HEADER, answer_not_kept, key_reused, parse_key
from textnlp.topology.limits import Limits

REPLAYED_HEADER = (b"idempotency-replayed", b"true")
_HEADER = HEADER.lower().encode()
_KEPT_HEADERS = frozenset({b"cache-control", b"content-type", b"location", b"x-accel-buffering"})
_STATE_KEY = "textnlp_answer_is_spoiled"


class IdempotencyGuard(ASGIMiddleware):
    """Makes a call with an `Idempotency-Key` once, on the routes whose description says so.

    The first answer of a caller's key at a path is kept if it is a success, and sent for every repetition; a stream is
    sent again as a whole. Everything else frees the key: a refusal, a fault, a stream that ended with an error, a
    caller who hung up. Raises `IDEMPOTENCY_KEY_IN_USE`, and `IDEMPOTENCY_KEY_REUSED` for a request that is another
    one. Stands behind the doorkeeper, for keys of different callers never meet.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, keeper: AnswerKeeper, *, limits: Limits) -> None:
        self._keeper = keeper
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, answer it, or raise."""
        description = description_of(scope["route_handler"])
        key = _key(scope["headers"]) if description.takes_idempotency_key else None
        if key is None:
            await next_app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive=receive, send=send)
        found = await self._keeper.claim(owner_of(scope), route=f"{request.method} {scope['path']}", key=key)
        if isinstance(found, KeptAnswer):
            await self._repeat(request, found, description, send)
            return
        recording = _Recording(self._keeper, found, request, limits=self._limits, has_body=description.takes_body)
        try:
            await next_app(scope, recording.receive, recording.send)
        finally:
            recording.end()

    async def _repeat(
        self, request: Request[Any, Any, Any], answer: KeptAnswer, description: Description, send: Send
    ) -> None:
        """Send the answer, if this is the request that it answers."""
        fingerprint = RequestFingerprint(request)
        if description.takes_body:
            takes_file = description.form is not None or description.accepts
            most_bytes = self._limits.max_upload_bytes if takes_file else self._limits.max_request_body_bytes
            async for piece in body_pieces(request, max_bytes=most_bytes + self._limits.form_overhead_bytes):
                fingerprint.take(piece)
        if fingerprint.digest() != answer.fingerprint:
            raise key_reused()
        if answer.body is None:
            raise answer_not_kept(self._limits.idempotency_answer_bytes)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        length = (b"content-length", str(len(answer.body)).encode())
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": [*headers, length, REPLAYED_HEADER]}
        )
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def spoil_answer(scope: Any) -> None:
    """Note that the answer to a request, although its status was sent, is none to be kept."""
    state: dict[str, Any] = scope["state"]
    state[_STATE_KEY] = True


class _Recording:
    """Reads along as a request is received and answered, and keeps the answer before its last piece is sent."""

    def __init__(
        self,
        keeper: AnswerKeeper,
        claim: KeyClaim,
        request: Request[Any, Any, Any],
        *,
        limits: Limits,
        has_body: bool,
    ) -> None:
        self._keeper = keeper
        self._claim = claim
        self._request = request
        self._most_bytes = limits.idempotency_answer_bytes
        self._fingerprint = RequestFingerprint(request)
        self._is_read = not has_body
        self._is_kept = False
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body: bytearray | None = bytearray()

    async def receive(self) -> Any:
        """Receive for the route."""
        message: Any = await self._request.receive()
        if message["type"] == "http.request" and not self._is_read:
            self._fingerprint.take(message.get("body", b""))
            self._is_read = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send for the route."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message["headers"]
                if name.lower() in _KEPT_HEADERS
            )
        elif message["type"] == "http.response.body":
            self._take(message.get("body", b""))
            if not message.get("more_body", False):
                await self._keep()
        await self._request.send(message)

    def end(self) -> None:
        """Free the key unless the answer was kept."""
        if not self._is_kept:
            self._keeper.release(self._claim)

    def _take(self, piece: bytes) -> None:
        if self._body is not None:
            self._body += piece
            if len(self._body) > self._most_bytes:
                self._body = None

    async def _keep(self) -> None:
        is_success = HTTPStatus.OK <= self._status < HTTPStatus.MULTIPLE_CHOICES
        is_spoiled = self._request.scope["state"].get(_STATE_KEY, False)
        if is_success and self._is_read and not is_spoiled:
            self._is_kept = True
            await self._keeper.keep(
                self._claim,
                fingerprint=self._fingerprint.digest(),
                status=self._status,
                headers=self._headers,
                body=None if self._body is None else bytes(self._body),
            )


def _key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    found = [value for name, value in headers if name == _HEADER]
    if not found:
        return None
    if len(found) > 1:
        raise invalid_input(f"The request has more than one {HEADER}.", field=HEADER)
    return parse_key(found[0].decode("latin-1"))
