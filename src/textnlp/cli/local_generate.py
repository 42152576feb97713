"""One completion in this process."""

import contextlib
import sys
from dataclasses import dataclass
from typing import Any

from textnlp.application.generate_structured import generate_structured
from textnlp.bootstrap.platform import open_engines
from textnlp.cli.model_progress import ensure_model
from textnlp.cli.progress import ProgressView
from textnlp.domain.filter_verdict import NO_VERDICTS
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
)
from textnlp.ports.text_engine import TextEngine
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOrder:
    """What the command line asked for."""

    prompt: str
    system: str | None
    model: str
    parameters: Parameters
    response_schema: dict[str, Any] | None
    is_streamed: bool

    def request(self) -> GenerationRequest:
        """Return the order as a request to an engine."""
        messages = [Message(Role.SYSTEM, self.system)] if self.system else []
        return GenerationRequest(
            model=self.model,
            messages=(*messages, Message(Role.USER, self.prompt)),
            parameters=self.parameters,
            response_schema=self.response_schema,
        )


async def generate_local(settings: Settings, order: GenerateOrder, view: ProgressView) -> Completion:
    """Write the completion; a streamed one is written to standard output as it comes."""
    await ensure_model(settings, order.model, view)
    engines = open_engines(settings)
    async with contextlib.aclosing(engines):
        engine = engines.find(order.model)
        if order.response_schema is not None:
            return await generate_structured(engine, order.request())
        if order.is_streamed:
            return await _streamed(engine, order)
        return await engine.generate(order.request())


async def _streamed(engine: TextEngine, order: GenerateOrder) -> Completion:
    pieces: list[str] = []
    model, deployment, reason, usage = order.model, "", FinishReason.STOP, NO_USAGE
    verdicts = NO_VERDICTS
    async for chunk in engine.stream(order.request()):
        pieces.append(chunk.text)
        model = chunk.model or model
        deployment = chunk.deployment or deployment
        reason = chunk.finish_reason or reason
        usage = chunk.usage or usage
        verdicts = chunk.verdicts or verdicts
        sys.stdout.write(chunk.text)
        sys.stdout.flush()
    sys.stdout.write("\n")
    return Completion(
        text="".join(pieces),
        model=model,
        finish_reason=reason,
        usage=usage,
        deployment=deployment,
        verdicts=verdicts,
    )
