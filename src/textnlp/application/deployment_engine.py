"""One deployment under the name that requests use."""

import dataclasses
from collections.abc import AsyncGenerator

from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    Parameters,
)
from textnlp.ports.text_engine import TextEngine


class DeploymentEngine:
    """A `TextEngine` that asks for the model as the deployment calls it, with defaults where a request gives none."""

    def __init__(self, engine: TextEngine, *, model: str, defaults: Parameters) -> None:
        self._engine = engine
        self._model = model
        self._defaults = defaults

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion."""
        return await self._engine.generate(self._asked(request))

    def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces."""
        return self._engine.stream(self._asked(request))

    async def check(self) -> None:
        """Raise what a request would meet."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Close the engine behind."""
        await self._engine.aclose()

    def _asked(self, request: GenerationRequest) -> GenerationRequest:
        parameters = request.parameters.over(self._defaults)
        return dataclasses.replace(request, model=self._model or request.model, parameters=parameters)
