"""Answers requests of a scoring server, which calls from threads of its own, with the platform's engines."""

import asyncio
from typing import Any, Self

import msgspec

from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.served_engine import ServedEngine
from textnlp.bootstrap import default_model, open_engines
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role
from textnlp.settings import Settings

_MOST_PROMPTS = 1_000


class ScoringParameters(msgspec.Struct, forbid_unknown_fields=True):
    """How to sample; what is left out is the engine's choice."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


class ScoringRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Prompts that are answered beside each other, 1,000 at most."""

    prompts: list[str]
    system: str = ""
    parameters: ScoringParameters = msgspec.field(default_factory=ScoringParameters)


class Scorer:
    """Keeps an engine on an event loop in a thread; `score` may be called from any number of threads.

    Calls in flight are held to what the engine takes, whichever request they are from.
    """

    def __init__(self, settings: Settings) -> None:
        """Open the engine; raises what its check does where it cannot answer."""
        self._model = default_model(settings)
        self._thread = LoopThread()
        try:
            self._engines = self._thread.wait_for(self._opened(settings))
        except BaseException:
            self._thread.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.close(last=self._engines.aclose)

    def score(self, document: str | bytes) -> dict[str, Any]:
        """Return the answers to the prompts of a JSON document, in their order.

        A prompt that cannot be answered has an `error` in its place, with code and message. Raises `INVALID_INPUT` for
        a document that is no request.
        """
        try:
            asked = msgspec.json.decode(document, type=ScoringRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise invalid_input(f"This is no request for scoring: {exc}.") from exc
        if not 1 <= len(asked.prompts) <= _MOST_PROMPTS:
            raise invalid_input(f"A request has 1 to {_MOST_PROMPTS:,} prompts.", field="prompts")
        return {"model": self._model, "answers": self._thread.wait_for(self._answers(asked))}

    async def _opened(self, settings: Settings) -> EngineDirectory[ServedEngine]:
        engines = open_engines(settings)
        try:
            await engines.find(self._model).check()
        except BaseException:
            await engines.aclose()
            raise
        return engines

    async def _answers(self, asked: ScoringRequest) -> list[dict[str, Any]]:
        return await asyncio.gather(*(self._answer(asked, prompt) for prompt in asked.prompts))

    async def _answer(self, asked: ScoringRequest, prompt: str) -> dict[str, Any]:
        system = (Message(Role.SYSTEM, asked.system),) if asked.system else ()
        request = GenerationRequest(
            model=self._model,
            messages=(*system, Message(Role.USER, prompt)),
            parameters=Parameters(**msgspec.structs.asdict(asked.parameters)),
        )
        try:
            completion = await self._engines.find(self._model).generate(request)
        except TextNLPError as error:
            if error.kind is ErrorKind.INTERNAL:
                raise
            return {"error": {"code": error.kind.value, "message": error.message}}
        usage = completion.usage
        return {
            "text": completion.text,
            "finish_reason": completion.finish_reason.value,
            "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens},
        }
