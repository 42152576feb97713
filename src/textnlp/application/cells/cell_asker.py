"""One cell's way to its models: requests with the parameters of an alias, each with a seed of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from textnlp.application.cells.cell_ports import CellPorts
from textnlp.application.cells.tallied_engine import Tally
from textnlp.application.generate_structured import generate_structured
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.json_text import find_json
from textnlp.domain.generation.model import Completion, FinishReason, GenerationRequest, JsonObject, Message, Role
from textnlp.domain.recipes.recipe import DEFAULT_ALIAS, Recipe
from textnlp.domain.recipes.sampling.seeding import generator_of
from textnlp.domain.recipes.sampling.spread import draw_parameters
from textnlp.ports.text_engine import TextEngine


class CellAsker:
    """Asks for one cell and keeps account of it in `tally`.

    The n-th request of a cell has the same parameters and seed whenever the cell is made, so that a cell that is made
    again asks the same and is answered from what is kept.
    """

    def __init__(self, recipe: Recipe, ports: CellPorts, *, column: str, place: str, tally: Tally) -> None:
        self._recipe = recipe
        self._ports = ports
        self._column = column
        self._place = place
        self._calls = 0
        self.tally = tally

    def engine(self, alias: str | None) -> TextEngine:
        """Return the engine behind an alias; raises `NOT_FOUND` where there is none."""
        ports = self._ports
        name = alias or next(iter(self._recipe.models), DEFAULT_ALIAS)
        batched = ports.find_batch_engine if name in ports.batched else None
        return self.tally.of((batched or ports.find_engine)(self._model(alias)))

    def request(
        self,
        messages: Sequence[Message],
        *,
        alias: str | None,
        response_schema: Mapping[str, Any] | None = None,
        tools: tuple[JsonObject, ...] = (),
        tool_choice: str | None = None,
    ) -> GenerationRequest:
        """Return the cell's next request."""
        place = f"{self._column}/{self._place}/{self._calls}"
        self._calls += 1
        named = self._recipe.alias(alias)
        return GenerationRequest(
            model=self._model(alias),
            messages=tuple(messages),
            parameters=draw_parameters(named, seed=self._recipe.seed, place=place),
            response_schema=response_schema,
            tools=tools,
            tool_choice=tool_choice,
            timeout_seconds=named.timeout_seconds,
            sticky_key=place,
        )

    async def ask(self, messages: Sequence[Message], *, alias: str | None, allow_truncated: bool = False) -> Completion:
        """Return an answer in plain text; raises `TRUNCATED` and `CONTENT_FILTERED` for one that was cut."""
        completion = await self.engine(alias).generate(self.request(messages, alias=alias))
        return require_whole(completion, allow_truncated=allow_truncated)

    async def ask_json(self, messages: Sequence[Message], *, alias: str | None, schema: Mapping[str, Any]) -> Any:
        """Return a JSON value that satisfies `schema`; raises what `generate_structured` does."""
        request = self.request(messages, alias=alias, response_schema=schema)
        completion = await generate_structured(self.engine(alias), request)
        return find_json(completion.text)

    async def ask_json_at_once(
        self, questions: Sequence[tuple[str | None, Sequence[Message]]], *, schema: Mapping[str, Any]
    ) -> list[Any]:
        """Return the answer to each question, asked of an alias, or in its place the error that it met.

        Requests are numbered in the order of the questions, whichever is answered first.
        """
        asked = [
            (self.engine(alias), self.request(messages, alias=alias, response_schema=schema))
            for alias, messages in questions
        ]

        async def answer(engine: TextEngine, request: GenerationRequest) -> Any:
            try:
                completion = await generate_structured(engine, request)
                return find_json(completion.text)
            except TextNLPError as error:
                return error

        return list(await asyncio.gather(*(answer(engine, request) for engine, request in asked)))

    def generator(self, purpose: str) -> np.random.Generator:
        """Return what draws for the cell, the same whenever the cell is made."""
        return generator_of(self._recipe.seed, self._column, self._place, purpose)

    def _model(self, alias: str | None) -> str:
        return self._recipe.alias(alias).model or self._ports.default_model


def require_whole(completion: Completion, *, allow_truncated: bool = False) -> Completion:
    """Return a completion that ended by itself; raises `TRUNCATED` or `CONTENT_FILTERED` for another one."""
    if completion.finish_reason is FinishReason.CONTENT_FILTER:
        raise TextNLPError(
            "The provider's content filter cut the answer.",
            kind=ErrorKind.CONTENT_FILTERED,
            facts=ErrorFacts(verdicts=completion.verdicts),
        )
    if completion.finish_reason is FinishReason.LENGTH and not allow_truncated:
        raise TextNLPError(
            "The answer was cut off at the token limit.",
            kind=ErrorKind.TRUNCATED,
            facts=ErrorFacts(hint="Raise max_tokens of the model, or set allow_truncated."),
        )
    return completion


def conversation(prompt: str, *, system: str | None = None, prefill: str | None = None) -> list[Message]:
    """Return the messages that ask `prompt`; a prefill is the beginning of the answer."""
    messages = [Message(Role.SYSTEM, system)] if system else []
    messages.append(Message(Role.USER, prompt))
    return [*messages, Message(Role.ASSISTANT, prefill)] if prefill else messages
