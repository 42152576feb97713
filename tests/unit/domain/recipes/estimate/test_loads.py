import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.recipes.estimate.band import Size
from textnlp.domain.recipes.estimate.loads import MESSAGE_TOKENS, Load, prompted_load, speaker_loads, tool_load


def test_a_text_is_asked_for_once() -> None:
    load = prompted_load("text", prompt=10, completion=20, attempts=3, size=Size.HIGH)
    assert load == Load(calls=1, prompt_tokens=10, completion_tokens=20)


def test_code_is_asked_for_again_with_the_answer_before() -> None:
    load = prompted_load("code", prompt=10, completion=20, attempts=2, size=Size.HIGH)
    assert load == Load(calls=1.5, prompt_tokens=1.5 * 10 + 0.5 * 60, completion_tokens=30)


@given(st.sampled_from(["code", "structured", "judge", "text"]), st.integers(1, 10), st.sampled_from(list(Size)))
def test_no_more_attempts_are_made_than_may_be(kind: str, attempts: int, size: Size) -> None:
    load = prompted_load(kind, prompt=1, completion=1, attempts=attempts, size=size)
    assert 1 <= load.calls <= attempts


@given(st.integers(1, 12), st.none() | st.just(7.0), st.integers(0, 50), st.integers(1, 50), st.integers(1, 50))
def test_a_conversation_takes_what_its_calls_take_one_by_one(
    turns: int, opening: float | None, system: int, user: int, assistant: int
) -> None:
    asked, answered = speaker_loads(systems=(system, system), messages=(user, assistant), opening=opening, turns=turns)
    history = prompts = replies = 0.0
    for turn in range(turns):
        is_given = opening is not None and turn == 0
        prompts += 0 if is_given else system + MESSAGE_TOKENS + history
        history += (opening if is_given and opening else user) + MESSAGE_TOKENS
        replies += system + MESSAGE_TOKENS + history
        history += assistant + MESSAGE_TOKENS
    assert (asked.calls, answered.calls) == (turns - (opening is not None), turns)
    assert asked.prompt_tokens == pytest.approx(prompts)
    assert answered.prompt_tokens == pytest.approx(replies)


def test_calls_to_tools_that_are_not_answered_take_one_call() -> None:
    assert tool_load(prompt=50, arguments=5, answer=80, rounds=4, is_simulated=False).calls == 1


@given(st.integers(1, 31))
def test_each_round_of_calls_adds_to_the_trace(rounds: int) -> None:
    fewer, more = (
        tool_load(prompt=50, arguments=5, answer=80, rounds=number, is_simulated=True)
        for number in (rounds, rounds + 1)
    )
    assert (fewer.calls, more.calls) == (2 * rounds + 1, 2 * rounds + 3)
    assert fewer.prompt_tokens < more.prompt_tokens
    assert fewer.completion_tokens < more.completion_tokens
