import asyncio
import json
from collections import Counter
from functools import partial
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.generate_structured import generate_structured
from textnlp.application.grow_topics import Ask, TopicCalls, TopicProgress, grow_topics
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, GenerationRequest, Parameters
from textnlp.domain.recipes.seeds import TopicSeeds
from textnlp.domain.topics.tree import TopicTree

CALLS = TopicCalls(model="m", seed=3)


def seeds(**parts: Any) -> TopicSeeds:
    return TopicSeeds.model_validate({"kind": "topics", "root": "animals", "prompt": "{{ path[-1] }}", **parts})


class Naturalist:
    """Knows what lies below each topic, by attempt; the first questions are answered last."""

    def __init__(self, answers: dict[str, list[list[str] | TextNLPError]], *, is_slow: bool = False) -> None:
        self._answers = answers
        self._is_slow = is_slow
        self._in_flight = 0
        self.most_in_flight = 0
        self.asked: Counter[str] = Counter()
        self.requests: list[GenerationRequest] = []

    async def __call__(self, request: GenerationRequest) -> Completion:
        self.requests.append(request)
        number = len(self.requests)
        topic = request.messages[-1].content
        attempt = self.asked[topic]
        self.asked[topic] += 1
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        for _ in range(1 + self._is_slow * (20 - number)):
            await asyncio.sleep(0)
        self._in_flight -= 1
        given = self._answers.get(topic, [])
        answer = given[min(attempt, len(given) - 1)] if given else [f"{number} owls", f"{number} eels"]
        if isinstance(answer, TextNLPError):
            raise answer
        return Completion(text=json.dumps({"topics": answer}), model="m", finish_reason=FinishReason.STOP)


ANSWERS: dict[str, list[list[str] | TextNLPError]] = {
    "animals": [["birds", "Birds"], ["fish", "birds"]],
    "birds": [["owls", "eels"]],
    "fish": [["eels", "carps"], ["Owls", "trouts"]],
}


def texts(tree: TopicTree) -> list[str]:
    return [topic.text for _, topic in tree.walk()]


async def test_what_is_repeated_is_asked_for_again() -> None:
    ask = Naturalist(ANSWERS)
    tree = await grow_topics(seeds(degree=2), ask=ask, calls=CALLS)
    assert texts(tree) == ["animals", "birds", "owls", "eels", "fish", "carps", "trouts"]
    assert ask.asked == {"animals": 2, "birds": 1, "fish": 2}
    assert tree.notes() == ()


async def test_the_tree_is_the_same_however_the_answers_come_in() -> None:
    one_by_one = await grow_topics(
        seeds(degree=2), ask=Naturalist(ANSWERS), calls=TopicCalls(model="m", seed=3, concurrency=1)
    )
    at_once = await grow_topics(seeds(degree=2), ask=Naturalist(ANSWERS, is_slow=True), calls=CALLS)
    assert one_by_one == at_once


async def test_no_more_calls_are_in_flight_than_may_be() -> None:
    ask = Naturalist({"animals": [[f"kind {number}" for number in range(9)]]})
    await grow_topics(seeds(degree=9), ask=ask, calls=TopicCalls(model="m", seed=3, concurrency=4, max_attempts=1))
    assert ask.most_in_flight == 4


async def test_a_topic_that_gets_none_is_asked_about_so_often_and_stays_a_leaf() -> None:
    filtered = TextNLPError("The answer was cut off.", kind=ErrorKind.CONTENT_FILTERED)
    ask = Naturalist({"animals": [["birds", "fish"]], "birds": [filtered], "fish": [["eels", "carps"]]})
    tree = await grow_topics(seeds(degree=2), ask=ask, calls=CALLS)
    assert ask.asked["birds"] == 3
    assert [leaf.topic for leaf in tree.leaves()] == ["birds", "eels", "carps"]
    assert tree.notes() == ((("animals", "birds"), "0 of 2 topics: The answer was cut off."),)


@pytest.mark.parametrize("kind", [ErrorKind.UNAUTHENTICATED, ErrorKind.LIMIT_REACHED])
async def test_what_is_wrong_with_all_calls_ends_the_growing(kind: ErrorKind) -> None:
    ask = Naturalist({"animals": [["birds", "fish"]], "fish": [TextNLPError("No.", kind=kind)]})
    with pytest.raises(TextNLPError) as caught:
        await grow_topics(seeds(degree=2), ask=ask, calls=CALLS)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([TextNLPError("Too slow.", kind=ErrorKind.TIMEOUT)], ErrorKind.TIMEOUT),
        ([["Animals"]], ErrorKind.BAD_RESPONSE),
    ],
)
async def test_a_root_without_topics_is_an_error(answers: list[list[str] | TextNLPError], kind: ErrorKind) -> None:
    ask = Naturalist({"animals": answers})
    with pytest.raises(TextNLPError) as caught:
        await grow_topics(seeds(), ask=ask, calls=CALLS)
    assert caught.value.kind is kind
    assert ask.asked == {"animals": 3}


async def test_calls_carry_what_they_were_given_and_a_seed_of_their_own() -> None:
    ask = Naturalist({})
    calls = TopicCalls(model="m", seed=3, parameters=Parameters(temperature=0.5), timeout_seconds=9.0)
    await grow_topics(seeds(degree=2), ask=ask, calls=calls)
    assert {(each.model, each.parameters.temperature, each.timeout_seconds) for each in ask.requests} == {("m", 0.5, 9)}
    assert len({each.parameters.seed for each in ask.requests}) == len(ask.requests)


async def test_progress_is_told_up_to_the_end() -> None:
    told: list[TopicProgress] = []
    await grow_topics(seeds(degree=2), ask=Naturalist({}), calls=CALLS, on_progress=told.append)
    assert told[-1] == TopicProgress(level=2, levels=2, topics=7, calls=3, open_calls=0)
    assert [each.calls for each in told] == sorted(each.calls for each in told)


def scripted() -> Ask:
    return partial(generate_structured, ScriptedEngine(clock=ManualClock()))


async def test_an_engine_grows_the_same_tree_for_the_same_seed_and_another_for_another() -> None:
    grown = [
        await grow_topics(seeds(degree=3, prompt=None), ask=scripted(), calls=TopicCalls(model="m", seed=seed))
        for seed in (1, 1, 2)
    ]
    assert grown[0] == grown[1] != grown[2]
    assert len(grown[0].leaves()) == 9
