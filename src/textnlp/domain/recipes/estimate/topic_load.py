"""What growing a tree of topics asks of a model."""

from collections.abc import Callable
from typing import Any

from textnlp.domain.recipes.estimate.band import EstimateBand, exactly
from textnlp.domain.recipes.estimate.column_loads import PartLoad
from textnlp.domain.recipes.estimate.loads import MESSAGE_TOKENS
from textnlp.domain.recipes.seeds import TopicSeeds
from textnlp.domain.topics.growth import TopicQuestion
from textnlp.domain.topics.question import prompt_of, topics_template

_ASKED_TIMES = EstimateBand(low=1.0, expected=1.2, high=3.0)
_TOPIC_TOKENS = EstimateBand(low=3, expected=7, high=16)
_FRAME_TOKENS = 8
_KNOWN = "a topic of some words"


def made_leaf(seeds: TopicSeeds) -> dict[str, Any]:
    """Return the columns of a row that begins with a leaf, for a tree that is not there yet."""
    return {"topic": _KNOWN, "path": [seeds.root, *(_KNOWN for _ in range(seeds.depth))]}


def topic_load(seeds: TopicSeeds, *, max_tokens: int | None, count: Callable[[str], int]) -> PartLoad:
    """Return the load of the whole tree: a call for every topic above the lowest level, more where some repeat.

    Raises `INVALID_INPUT` for a prompt that cannot be used.
    """
    template = topics_template(seeds.prompt)
    known = {False: (), True: (_KNOWN,) * seeds.degree}
    path = (seeds.root, *(_KNOWN for _ in range(seeds.depth - 1)))
    first, again = (
        count(prompt_of(template, TopicQuestion(number=0, path=path, missing=seeds.degree, known=known[is_again])))
        for is_again in (False, True)
    )
    answer = _TOPIC_TOKENS.times(seeds.degree).plus(exactly(_FRAME_TOKENS))
    return PartLoad(
        part=None,
        alias=seeds.model,
        calls=_ASKED_TIMES.times(sum(seeds.degree**level for level in range(seeds.depth))),
        calls_in_turn=_ASKED_TIMES.times(seeds.depth),
        call_prompt_tokens=EstimateBand(
            low=min(first, again) + MESSAGE_TOKENS,
            expected=max(first, again) + MESSAGE_TOKENS,
            high=max(first, again) + MESSAGE_TOKENS + seeds.degree * _TOPIC_TOKENS.high,
        ),
        call_completion_tokens=answer.at_most(float(max_tokens)) if max_tokens else answer,
    )
