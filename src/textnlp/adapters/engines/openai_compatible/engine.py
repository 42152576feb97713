"""A text engine behind any endpoint that speaks OpenAI's chat completions."""

import contextlib
from collections.abc import AsyncGenerator

import aiohttp

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.authentication import Authentication
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions, read_bounded, read_events
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.profile import EndpointProfile, profile_of
from textnlp.adapters.engines.openai_compatible.wire import (
    RequestEncoder,
    StreamEnding,
    decode_chunk,
    decode_completion,
)
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    as_chunk,
)
from textnlp.domain.generation.rules import require_capable
from textnlp.ports.clock import Clock


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
        self._endpoint = Endpoint(address, clock=clock, authentication=authentication, connections=connections)
        self._name = name or address.origin
        profile = profile or profile_of(address)
        self._encoder = RequestEncoder(profile)
        self._capabilities = EngineCapabilities(
            constrains_to_schema=profile.constrains_to_schema,
            calls_tools=profile.calls_tools,
            reports_logprobs=profile.reports_logprobs,
        )

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
        async with self._posted(body, request) as response:
            answer = await read_bounded(response)
        return decode_completion(answer, model=request.model)

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces; the timeout holds for the whole stream."""
        require_capable(request, self._capabilities)
        body = self._encoder.encode(request, stream=True)
        async with self._posted(body, request) as response:
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

    async def check(self) -> None:
        """Ask for the list of models; an endpoint that has none is taken to be well."""
        await self._endpoint.check()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._endpoint.aclose()

    def _posted(
        self, body: bytes, request: GenerationRequest
    ) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]:
        address = self._endpoint.address
        return self._endpoint.posted(address.completions, body, timeout_seconds=request.timeout_seconds)
