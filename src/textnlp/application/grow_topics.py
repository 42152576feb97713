"""Have a model grow the tree of topics that rows begin with."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_PARAMETERS, Completion, GenerationRequest, Message, Parameters, Role
from textnlp.domain.recipes.seeds import TopicSeeds
from textnlp.domain.templates.template import PromptTemplate, render
from textnlp.domain.topics.growth import TopicGrowth, TopicQuestion
from textnlp.domain.topics.likeness import NEAR_EQUAL
from textnlp.domain.topics.question import prompt_of, question_seed, read_topics, topics_schema, topics_template
from textnlp.domain.topics.tree import TopicTree

Ask = Callable[[GenerationRequest], Awaitable[Completion]]
"""Answers a request, with its schema seen to: `generate_structured` with an engine."""

_OF_ONE_QUESTION = frozenset(
    {
        ErrorKind.BAD_RESPONSE,
        ErrorKind.CONTENT_FILTERED,
        ErrorKind.CONTEXT_EXCEEDED,
        ErrorKind.RATE_LIMITED,
        ErrorKind.SCHEMA_MISMATCH,
        ErrorKind.TIMEOUT,
        ErrorKind.TRUNCATED,
        ErrorKind.UNAVAILABLE,
    },
)
"""What may go wrong with one question while others are answered; anything else ends the growing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCalls:
    """How the calls are made that grow a tree.

    Attributes:
        model: name of the model as its provider knows it.
        seed: every call's seed follows from it.
        concurrency: calls in flight at most.
        max_attempts: how often a topic is asked about at most, to replace what is repeated or missing.
        near: likeness from which on two topics are taken for one.
    """

    model: str
    seed: int
    parameters: Parameters = NO_PARAMETERS
    timeout_seconds: float = 120.0
    concurrency: int = 16
    max_attempts: int = 3
    near: float = NEAR_EQUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicProgress:
    """How far a tree has grown.

    Attributes:
        level: levels below the root that are done or being asked for.
        levels: levels that are wanted.
        topics: topics there are, the root included.
        calls: questions that were answered or refused.
        open_calls: questions of this round that are not.
    """

    level: int
    levels: int
    topics: int
    calls: int
    open_calls: int


def _ignore(progress: TopicProgress) -> None:
    del progress


async def grow_topics(
    seeds: TopicSeeds,
    *,
    ask: Ask,
    calls: TopicCalls,
    on_progress: Callable[[TopicProgress], None] = _ignore,
) -> TopicTree:
    """Return a tree of topics that a model grew, level by level.

    All topics of a level are asked about at once, and those of which some were repeated or missing again, with what
    is known already, up to `calls.max_attempts` times; what is missing then is noted in the tree, and a topic that got
    none stays a leaf. With a model that is deterministic the tree is, too, whatever the concurrency.

    Taxonomies grown from a root as seeds of synthetic data follow Li and others, "Synthetic data (almost) from
    scratch" (GLAN, 2024).

    Raises `INVALID_INPUT` with its field for a root, a size or a prompt that cannot be used, and what `ask` raises
    where it is not about one question; where the root gets no topics at all, the reason for that.
    """
    template = topics_template(seeds.prompt)
    growth = TopicGrowth(render(seeds.root, {}), depth=seeds.depth, degree=seeds.degree, near=calls.near)
    asking = _Asking(template, ask=ask, calls=calls, growth=growth, on_progress=on_progress)
    for level in range(1, seeds.depth + 1):
        for attempt in range(calls.max_attempts):
            questions = growth.questions()
            if not questions:
                break
            await asking.round(questions, level=level, levels=seeds.depth, attempt=attempt)
        if level == 1 and growth.size == 1:
            raise asking.last_error or TextNLPError(
                "The model gave no topics below the root.", kind=ErrorKind.BAD_RESPONSE
            )
        growth.descend()
    return growth.tree()


class _Asking:
    """One growth's questions on their way."""

    def __init__(
        self,
        template: PromptTemplate,
        *,
        ask: Ask,
        calls: TopicCalls,
        growth: TopicGrowth,
        on_progress: Callable[[TopicProgress], None],
    ) -> None:
        self._template = template
        self._ask = ask
        self._calls = calls
        self._growth = growth
        self._on_progress = on_progress
        self._done = 0
        self.last_error: TextNLPError | None = None

    async def round(self, questions: Sequence[TopicQuestion], *, level: int, levels: int, attempt: int) -> None:
        """Ask all questions and take the answers in the order of the questions."""
        answers: list[list[str] | TextNLPError] = [[] for _ in questions]
        numbers = iter(range(len(questions)))
        left = len(questions)

        async def lane() -> None:
            nonlocal left
            for number in numbers:
                answers[number] = await self._answer(questions[number], attempt=attempt)
                left -= 1
                self._done += 1
                self._tell(level, levels, left)

        self._tell(level, levels, left)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._calls.concurrency, len(questions))):
                    group.create_task(lane())
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        # In a large tree a topic takes up to a millisecond to be compared with all others.
        await asyncio.to_thread(self._take, questions, answers)
        self._tell(level, levels, 0)

    def _take(self, questions: Sequence[TopicQuestion], answers: Sequence[list[str] | TextNLPError]) -> None:
        for question, answer in zip(questions, answers, strict=True):
            if isinstance(answer, TextNLPError):
                self.last_error = answer
                self._growth.refuse(question.number, answer.message)
            else:
                self._growth.take(question.number, answer)

    async def _answer(self, question: TopicQuestion, *, attempt: int) -> list[str] | TextNLPError:
        request = GenerationRequest(
            model=self._calls.model,
            messages=(Message(Role.USER, prompt_of(self._template, question)),),
            parameters=dataclasses.replace(
                self._calls.parameters, seed=question_seed(self._calls.seed, question, attempt=attempt)
            ),
            response_schema=topics_schema(question.missing),
            timeout_seconds=self._calls.timeout_seconds,
        )
        try:
            return read_topics((await self._ask(request)).text)
        except TextNLPError as error:
            if error.kind not in _OF_ONE_QUESTION:
                raise
            return error

    def _tell(self, level: int, levels: int, open_calls: int) -> None:
        progress = TopicProgress(
            level=level, levels=levels, topics=self._growth.size, calls=self._done, open_calls=open_calls
        )
        self._on_progress(progress)
