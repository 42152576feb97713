"""A text engine behind any endpoint that speaks OpenAI's chat completions."""

import contextlib
from collections.abc import AsyncGenerator
from http import HTTPStatus

import aiohttp

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.authentication import Authentication, NoAuthentication
from textnlp.adapters.engines.openai_compatible.connections import (
    ConnectionOptions,
    Connections,
    connection_error,
    read_bounded,
    read_events,
)
from textnlp.adapters.engines.openai_compatible.faults import error_from_response
from textnlp.adapters.engines.openai_compatible.profile import EndpointProfile, profile_of
from textnlp.adapters.engines.openai_compatible.wire import (
    RequestEncoder,
    StreamEnding,
    decode_chunk,
    decode_completion,
)
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    as_chunk,
)
from textnlp.domain.generation.rules import require_capable
from textnlp.ports.clock import Clock

_MAX_ERROR_BYTES = 64 << 10
_CHECK_SECONDS = 10.0
_NO_LIST = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class OpenAICompatibleEngine:
    """Calls one endpoint over kept-alive connections; raises as the port `TextEngine` says.

    Redirects are not followed, so a key never leaves for another host. Beyond the kinds of the port, `TOO_LARGE` is
    raised for a request that the endpoint finds too large in bytes (413).

    Args:
        address: where the endpoint is, from `parse_base_url`.
        clock: reads dates in `Retry-After`.
        name: the deployment, for limits and logs; the endpoint's origin where None.
        authentication: what identifies the caller.
        profile: what the endpoint can do; that of a known host where None.
        connections: how the endpoint is connected to.
    """

    def __init__(
        self,
        address: EndpointAddress,
        *,
        clock: Clock,
        name: str | None = None,
        authentication: Authentication | None = None,
        profile: EndpointProfile | None = None,
        connections: ConnectionOptions | None = None,
    ) -> None:
        self._address = address
        self._clock = clock
        self._name = name or address.origin
        self._authentication = authentication or NoAuthentication()
        profile = profile or profile_of(address)
        self._encoder = RequestEncoder(profile)
        self._capabilities = EngineCapabilities(
            constrains_to_schema=profile.constrains_to_schema,
            calls_tools=profile.calls_tools,
            reports_logprobs=profile.reports_logprobs,
        )
        self._connections = Connections(connections or ConnectionOptions())

    @property
    def name(self) -> str:
        """The deployment this engine calls."""
        return self._name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the endpoint can do, as its profile says."""
        return self._capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the whole completion."""
        require_capable(request, self._capabilities)
        body = self._encoder.encode(request)
        try:
            async with await self._post(body, request) as response:
                if response.status != HTTPStatus.OK:
                    raise await self._refusal(response)
                answer = await read_bounded(response)
        except (aiohttp.ClientError, OSError) as exc:
            raise self._connection_error(exc, request.timeout_seconds) from exc
        return decode_completion(answer, model=request.model)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; the timeout holds for the whole stream."""
        require_capable(request, self._capabilities)
        body = self._encoder.encode(request, stream=True)
        try:
            async with await self._post(body, request) as response:
                if response.status != HTTPStatus.OK:
                    raise await self._refusal(response)
                if response.content_type == "application/json":
                    yield as_chunk(decode_completion(await read_bounded(response), model=request.model))
                    return
                ending = StreamEnding(request.model)
                async with contextlib.aclosing(read_events(response)) as events:
                    async for data in events:
                        chunk = ending.pass_on(decode_chunk(data))
                        if chunk is not None:
                            yield chunk
                yield ending.last_chunk()
        except (aiohttp.ClientError, OSError) as exc:
            raise self._connection_error(exc, request.timeout_seconds) from exc

    async def check(self) -> None:
        """Ask for the list of models; an endpoint that has none is taken to be well."""
        try:
            async with self._connections.session.get(
                self._address.models,
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

    async def _post(
        self,
        body: bytes,
        request: GenerationRequest,
    ) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._connections.session.post(
            self._address.completions,
            data=body,
            headers=await self._authentication.headers(),
            timeout=self._connections.timeout(request.timeout_seconds),
            allow_redirects=False,
        )

    async def _refusal(self, response: aiohttp.ClientResponse) -> TextNLPError:
        error = error_from_response(
            response.status,
            headers=response.headers,
            body=await response.content.read(_MAX_ERROR_BYTES),
            now=self._clock.now(),
            origin=self._address.origin,
        )
        return TextNLPError(self._authentication.redact(error.message), kind=error.kind, facts=error.facts)

    def _connection_error(self, exc: BaseException, timeout_seconds: float) -> TextNLPError:
        return connection_error(exc, origin=self._address.origin, timeout_seconds=timeout_seconds)
