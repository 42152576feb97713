import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.structured import output_schema
from textnlp.domain.topics.growth import TopicQuestion
from textnlp.domain.topics.question import prompt_of, question_seed, read_topics, topics_schema, topics_template

QUESTION = TopicQuestion(number=1, path=("animals", "birds"), missing=2, known=("owls",))


def test_the_prompt_says_where_the_topic_is_and_what_is_known() -> None:
    prompt = prompt_of(topics_template(None), QUESTION)
    assert "animals > birds" in prompt
    assert "exactly 2 topics that lie directly below “birds”" in prompt
    assert "- owls" in prompt


def test_a_recipe_can_ask_in_its_own_words() -> None:
    template = topics_template("{{ degree }} of {{ root }}: {{ path|last }}, not {{ known|join(',') }}")
    assert prompt_of(template, QUESTION) == "2 of animals: birds, not owls"


@pytest.mark.parametrize("prompt", ["{{ topic }}", "{{ root"])
def test_a_prompt_that_cannot_be_asked_is_refused(prompt: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        topics_template(prompt)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.prompt")


def test_some_more_topics_than_asked_for_satisfy_the_schema_but_none_do_not() -> None:
    schema = output_schema(topics_schema(2))
    assert isinstance(schema.read('{"topics": ["a", "b", "c"]}'), str)
    assert not isinstance(schema.read('{"topics": []}'), str)


@pytest.mark.parametrize("answer", ['{"topics": ["a", 1, "b"]}', '["a", "b"]', '```json\n["a", "b"]\n```'])
def test_topics_are_read_from_an_object_or_a_list(answer: str) -> None:
    assert read_topics(answer) == ["a", "b"]


@pytest.mark.parametrize("answer", ['{"names": ["a"]}', "none", "3"])
def test_an_answer_without_a_list_is_a_mismatch(answer: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_topics(answer)
    assert caught.value.kind is ErrorKind.SCHEMA_MISMATCH


def test_every_topic_and_attempt_has_its_own_seed() -> None:
    other = TopicQuestion(number=1, path=("animals", "fish"), missing=2, known=())
    seeds = [question_seed(7, each, attempt=attempt) for each in (QUESTION, other) for attempt in range(3)]
    assert len(set(seeds)) == 6
    assert seeds[0] == question_seed(7, QUESTION, attempt=0)
    assert all(0 <= seed < 2**31 for seed in seeds)
