"""A topic of Azure Event Grid.

Requests are those of its data plane for CloudEvents, version 2018-01-01:
https://learn.microsoft.com/rest/api/eventgrid/dataplane/publish-events/publish-cloud-events
"""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec

from textnlp.application.ask_again import ask_again
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.admission.retry_after import retry_after_seconds
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.ports.access_tokens import EVENT_GRID, AccessTokens
from textnlp.ports.clock import Clock

MOST_BYTES = 1_000_000
"""What the service takes in one request, and so the largest event."""

_VERSION = "2018-01-01"
_PATH = "/api/events"
_TIMEOUT_SECONDS = 20.0
_POLICY = RetryPolicy(max_attempts=4, deadline_seconds=60, first_delay_seconds=0.5, longest_delay_seconds=10)
_HEADERS = {"Content-Type": "application/cloudevents-batch+json; charset=utf-8", "User-Agent": "textnlp"}
_KINDS: dict[int, tuple[ErrorKind, str]] = {
    400: (ErrorKind.INVALID_INPUT, "The topic has to take events of the schema CloudEventSchemaV1_0."),
    401: (ErrorKind.UNAUTHENTICATED, "The topic is one of another tenant, or the clock of this machine is wrong."),
    403: (ErrorKind.FORBIDDEN, "Give the identity of this process the role EventGrid Data Sender on the topic."),
    404: (ErrorKind.INVALID_INPUT, "There is no such topic; correct TEXTNLP_EVENT_GRID_URL."),
    413: (ErrorKind.TOO_LARGE, "A request holds 1 MB at most."),
    429: (ErrorKind.RATE_LIMITED, "The topic takes 5,000 events a second."),
}


class EventGridPublisher:
    """Satisfies the `EventPublisher` port with a topic, over kept-alive connections of one event loop; owns `tokens`.

    Events go in requests of up to 1 MB, in their order. A request that meets no answer, an error of the service or its
    limit is made four times, after the wait that it asks for where it does.

    Args:
        url: the topic's endpoint, such as `https://NAME.REGION-1.eventgrid.azure.net/api/events`.
        tokens: what this process shows.
        clock: for waiting.
        ca_file: the only authorities that are trusted, where given.
        policy: how often, and after which waits, a request is made again.
    """

    def __init__(
        self,
        url: str,
        *,
        tokens: AccessTokens,
        clock: Clock,
        ca_file: Path | None = None,
        policy: RetryPolicy = _POLICY,
    ) -> None:
        """Connect to nothing; raise `INVALID_INPUT` for an address without https."""
        place = urlsplit(url)
        if place.scheme != "https" or not place.hostname:
            told = "The address of the Event Grid topic is not one of https."
            hint = "Write TEXTNLP_EVENT_GRID_URL as https://NAME.REGION-1.eventgrid.azure.net/api/events."
            raise TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
        self._url = url if place.path.rstrip("/") else f"https://{place.netloc}{_PATH}"
        self._host = place.hostname
        self._tokens = tokens
        self._clock = clock
        self._ca_file = ca_file
        self._policy = policy
        self._session: aiohttp.ClientSession | None = None

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send all events."""
        for body in bodies(events):
            await ask_again(partial(self._post, body), policy=self._policy, clock=self._clock)

    async def aclose(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        await self._tokens.aclose()

    async def _post(self, body: bytes) -> None:
        token = await self._tokens.token(EVENT_GRID)
        headers = {"Authorization": f"Bearer {token.value}"}
        try:
            async with (
                asyncio.timeout(_TIMEOUT_SECONDS),
                self._open().post(
                    self._url, params={"api-version": _VERSION}, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
                wait = retry_after_seconds(response.headers, now=self._clock.now())
        except TimeoutError as exc:
            raise self._error(f"did not answer within {_TIMEOUT_SECONDS:g} s", ErrorKind.TIMEOUT) from exc
        except (aiohttp.ClientError, OSError) as exc:
            hint = "Check its name, and the private endpoint and DNS zone."
            raise self._error("cannot be reached", ErrorKind.UNAVAILABLE, hint=hint) from exc
        if status not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            raise self._refusal(status, wait)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            trust = None if self._ca_file is None else ssl.create_default_context(cafile=str(self._ca_file))
            connector = aiohttp.TCPConnector(ssl=True if trust is None else trust)
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=_HEADERS,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    def _refusal(self, status: int, wait: float | None) -> TextNLPError:
        """Return the error for a status; what the service says may repeat the events, so that it is not told."""
        kind, hint = _KINDS.get(status, (ErrorKind.BAD_RESPONSE, None))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind = ErrorKind.UNAVAILABLE
        return self._error(f"answered {status}", kind, hint=hint, wait=wait, status=status)

    def _error(
        self,
        told: str,
        kind: ErrorKind,
        *,
        hint: str | None = None,
        wait: float | None = None,
        status: int | None = None,
    ) -> TextNLPError:
        facts = ErrorFacts(hint=hint, retry_after_seconds=wait, status_code=status)
        return TextNLPError(f"The Event Grid topic {self._host} {told}.", kind=kind, facts=facts)


def bodies(events: Sequence[CloudEvent]) -> Iterator[bytes]:
    """Yield the events in JSON arrays of `MOST_BYTES` at most; raise `TOO_LARGE` for an event that is larger alone."""
    waiting: list[bytes] = []
    size = 2
    for event in events:
        encoded = msgspec.json.encode(event.document)
        if len(encoded) + 2 > MOST_BYTES:
            told = f"The event {event.id} is larger than the {MOST_BYTES:,} bytes that Event Grid takes."
            raise TextNLPError(told, kind=ErrorKind.TOO_LARGE)
        if waiting and size + len(encoded) + 1 > MOST_BYTES:
            yield _array(waiting)
            waiting, size = [], 2
        waiting.append(encoded)
        size += len(encoded) + 1
    if waiting:
        yield _array(waiting)


def _array(encoded: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(encoded) + b"]"
