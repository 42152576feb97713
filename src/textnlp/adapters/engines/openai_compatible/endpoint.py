"""An endpoint over kept-alive connections: what is sent to it, and what its refusals mean."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Mapping
from http import HTTPStatus

import aiohttp
from yarl import URL

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.authentication import Authentication, NoAuthentication
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions, Connections, connection_error
from textnlp.adapters.engines.openai_compatible.faults import error_from_response
from textnlp.domain.errors import TextNLPError
from textnlp.ports.clock import Clock

_MAX_ERROR_BYTES = 64 << 10
_CHECK_SECONDS = 10.0
_OK = frozenset({HTTPStatus.OK})
_NO_LIST = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class Endpoint:
    """Sends requests and raises what goes wrong as errors of the platform.

    Redirects are not followed, so a key never leaves for another host.

    Args:
        address: where the endpoint is, from `parse_base_url`.
        clock: reads dates in `Retry-After`.
        authentication: what identifies the caller.
        connections: how the endpoint is connected to.
    """

    def __init__(
        self,
        address: EndpointAddress,
        *,
        clock: Clock,
        authentication: Authentication | None = None,
        connections: ConnectionOptions | None = None,
    ) -> None:
        self.address = address
        self._clock = clock
        self._authentication = authentication or NoAuthentication()
        self._connections = Connections(connections or ConnectionOptions())

    def posted(
        self, url: URL, body: bytes, *, timeout_seconds: float
    ) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Post JSON; yield the answer with status 200, its body unread, and raise as `requested` does."""
        return self.requested("POST", url, body=body, timeout_seconds=timeout_seconds)

    @contextlib.asynccontextmanager
    async def requested(
        self,
        method: str,
        url: URL,
        *,
        timeout_seconds: float,
        body: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        accepted: Collection[int] = _OK,
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Yield the answer with an accepted status, its body unread; what goes wrong while it is read is raised, too.

        The body is JSON unless `headers` say otherwise. Where the key was refused and another has taken its place
        meanwhile, the request is made once more with that, unless its body is a stream.
        """
        is_replayable = not isinstance(body, AsyncIterable)
        try:
            async with contextlib.AsyncExitStack() as stack:
                for may_renew in (is_replayable, False):
                    identity = await self._authentication.headers()
                    sent = self._connections.session.request(
                        method,
                        url,
                        data=body,
                        headers={**identity, **headers} if headers else identity,
                        timeout=self._connections.timeout(timeout_seconds),
                        allow_redirects=False,
                    )
                    response = await stack.enter_async_context(sent)
                    if not (may_renew and await self._is_renewed(response, identity)):
                        break
                if response.status not in accepted:
                    raise await self._refusal(response)
                yield response
        except (aiohttp.ClientError, OSError) as exc:
            raise self._connection_error(exc, timeout_seconds) from exc

    async def check(self) -> None:
        """Ask for the list of models; an endpoint that has none is taken to be well."""
        try:
            async with self._connections.session.get(
                self.address.models,
                headers=await self._authentication.headers(),
                timeout=self._connections.timeout(_CHECK_SECONDS),
                allow_redirects=False,
            ) as response:
                if response.status != HTTPStatus.OK and response.status not in _NO_LIST:
                    raise await self._refusal(response)
        except (aiohttp.ClientError, OSError) as exc:
            raise self._connection_error(exc, _CHECK_SECONDS) from exc

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connections.aclose()
        await self._authentication.aclose()

    async def _is_renewed(self, response: aiohttp.ClientResponse, identity: Mapping[str, str]) -> bool:
        return response.status == HTTPStatus.UNAUTHORIZED and await self._authentication.is_renewed(identity)

    async def _refusal(self, response: aiohttp.ClientResponse) -> TextNLPError:
        error = error_from_response(
            response.status,
            headers=response.headers,
            body=await response.content.read(_MAX_ERROR_BYTES),
            now=self._clock.now(),
            origin=self.address.origin,
        )
        return TextNLPError(self._authentication.redact(error.message), kind=error.kind, facts=error.facts)

    def _connection_error(self, exc: BaseException, timeout_seconds: float) -> TextNLPError:
        return connection_error(exc, origin=self.address.origin, timeout_seconds=timeout_seconds)
