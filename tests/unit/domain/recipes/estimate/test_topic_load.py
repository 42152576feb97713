import pytest

from tests.unit.domain.recipes.estimate.estimates import count_tokens
from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.estimate.topic_load import topic_load
from textnlp.domain.recipes.seeds import TopicSeeds


def seeds(**parts: object) -> TopicSeeds:
    return TopicSeeds.model_validate({"kind": "topics", "root": "animals", **parts})


@pytest.mark.parametrize(("depth", "degree", "calls"), [(1, 9, 1), (2, 5, 6), (3, 3, 13)])
def test_every_topic_above_the_lowest_level_is_asked_about(depth: int, degree: int, calls: int) -> None:
    load = topic_load(seeds(depth=depth, degree=degree), max_tokens=None, count=count_tokens)
    assert (load.calls.low, load.calls.high) == (calls, 3 * calls)
    assert load.calls_in_turn.low == depth


def test_an_answer_grows_with_the_degree_up_to_the_token_limit() -> None:
    few, many = (topic_load(seeds(degree=degree), max_tokens=200, count=count_tokens) for degree in (5, 50))
    assert few.call_completion_tokens.expected == 43
    assert many.call_completion_tokens.high == 200
    assert few.call_prompt_tokens.expected < many.call_prompt_tokens.expected


def test_a_prompt_that_cannot_be_asked_is_refused() -> None:
    with pytest.raises(TextNLPError):
        topic_load(seeds(prompt="{{ topic }}"), max_tokens=None, count=count_tokens)
