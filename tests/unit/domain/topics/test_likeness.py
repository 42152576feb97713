import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.topics.likeness import TopicRegister, tidy_topic, topic_key


def register(*texts: str, near: float = 0.85) -> TopicRegister:
    made = TopicRegister(near=near)
    for text in texts:
        made.add(text)
    return made


@pytest.mark.parametrize(
    ("given_text", "tidied"),
    [
        ("1. Owls", "Owls"),
        (" - “Owls”. ", "Owls"),
        ("b) Owls\nand ducks", "Owls and ducks"),
        ("**Owls**", "Owls"),
        ("3D printing", "3D printing"),
        ("C++", "C++"),
        ("a\ud800b", "a b"),
        ("…", ""),
        ("x" * 201, ""),
    ],
)
def test_a_topic_is_freed_of_what_does_not_belong_to_it(given_text: str, tidied: str) -> None:
    assert tidy_topic(given_text) == tidied


def test_the_joiners_that_scripts_need_are_kept() -> None:
    assert tidy_topic("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    assert tidy_topic("owl\u202e\u200bs") == "owl s"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Owls", "OWLS!"),
        ("Straße", "STRASSE"),
        ("Owls - and ducks", "owls, and ducks"),
        ("Conservation of tropical rainforests", "Conservation of tropical rainforest"),
    ],
)
def test_topics_that_say_the_same_are_found(one: str, other: str) -> None:
    assert register(one).find(other) == one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C++", "C#"),
        ("Hypertension", "Hypotension"),
        ("The history of Europe in the 18th century", "The history of Europe in the 19th century"),
        ("owls", "ducks"),
    ],
)
def test_topics_that_say_something_else_are_let_in(one: str, other: str) -> None:
    assert register(one).find(other) is None


def test_a_topic_is_added_once() -> None:
    made = register("Owls")
    assert (made.add("owls"), made.add("Ducks"), len(made)) == ("Owls", None, 2)


def likeness(one: str, other: str) -> float:
    grams = [{f" {text} "[place : place + 3] for place in range(len(text))} for text in (one, other)]
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1])


@given(st.lists(st.text("ab", min_size=1, max_size=12), max_size=12), st.sampled_from([0.3, 0.5, 0.85, 1.0]))
def test_the_index_finds_what_comparing_all_pairs_finds(texts: list[str], near: float) -> None:
    made = TopicRegister(near=near)
    kept: list[str] = []
    for text in texts:
        is_alike = any(likeness(text, other) >= near for other in kept)
        assert (made.add(text) is not None) == is_alike
        kept += [] if is_alike else [text]


@given(st.text())
def test_tidying_twice_changes_no_more_than_once_does_to_what_it_says(text: str) -> None:
    assert topic_key(topic_key(text)) == topic_key(text)
    assert "\n" not in tidy_topic(text)
