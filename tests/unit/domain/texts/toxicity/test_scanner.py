import time

import polars as pl
import pytest

from tests.factories.labelled_toxicity import labelled_texts
from textnlp.domain.texts.toxicity.model import Category
from textnlp.domain.texts.toxicity.scanner import scores_of, toxicity_scanner


def scores(text: str | None, *languages: str, category: Category | None = None) -> dict[str, float]:
    wanted = frozenset(Category if category is None else [category])
    found = toxicity_scanner(wanted, languages or ("en",)).scan(pl.Series([text], dtype=pl.String)).get(0, [])
    return {name.value: score for name, score in scores_of(found).items()}


def worst(text: str, *languages: str) -> float:
    return max(scores(text, *languages).values(), default=0.0)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("You are an idiot.", "insult"),
        ("Oh shit, the door.", "obscenity"),
        ("I'll kill you tomorrow.", "threat"),
        ("I hate all gay people.", "hate"),
        ("Muslims are vermin.", "hate"),
        ("Go and send nudes.", "sexual"),
        ("Just go kill yourself.", "self_harm"),
        ("I do not want to go on, I want to kill myself.", "self_harm"),
    ],
)
def test_each_kind_of_harm_is_told(text: str, category: str) -> None:
    found = scores(text)
    assert max(found, key=lambda name: found[name]) == category
    assert found[category] > 0.5


@pytest.mark.parametrize(
    "word",
    [
        "fuck",
        "FUCK",
        "fuuuuuck",
        "f u c k",
        "f.u.c.k",
        "f*ck",
        "f***",
        "f@#!",
        "fück",
        "\uff46\uff55\uff43\uff4b",
        "fu\u200bck",
        "_fuck_",
    ],
)
def test_a_word_is_found_however_it_is_disguised(word: str) -> None:
    assert scores(f"what the {word} is this")["obscenity"] > 0.5


@pytest.mark.parametrize("word", ["sh1t", "$hit", "5hit", "sh\u0456t", "sh!t", "b*llsh*t", "s-h-i-t"])
def test_digits_signs_and_letters_of_other_scripts_count_as_letters(word: str) -> None:
    assert scores(f"this is {word}")["obscenity"] > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "The class of Scunthorpe assessed Penistone and Essex.",
        "The A55 leads to Chester, a 455 and an 80085 too.",
        "The patient has anal fissures and pain in the penis.",
        "Kill the process, shoot the film, and bomb at the box office.",
        "I would never call you an idiot.",
        "You are not a moron.",
        'The word "faggot" is a slur.',
        'He shouted "I will kill you" and was arrested.',
        "We will beat you at chess.",
        "If you want to die, please call a helpline.",
        "A Maine Coon and a great tit met the bitch and her puppies.",
        "Vitamin **C*** and 2**n are fine.",
        "Take out the trash.",
        "I was dying of laughter.",
        "It is wrong to say that Muslims are criminals.",
        "s c u n t h o r p e",
    ],
)
def test_what_only_looks_like_harm_is_none(text: str) -> None:
    assert worst(text) <= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "I am gay.",
        "My Muslim neighbours are kind.",
        "Black women in science",
        "a Jewish lesbian",
        "trans rights",
        "queers",
    ],
)
def test_words_for_people_are_never_toxic_by_themselves(text: str) -> None:
    assert scores(text) == {}


def test_a_mild_word_weighs_more_when_it_is_said_to_somebody() -> None:
    assert worst("That was a stupid mistake to make.") < 0.5 < worst("You are so stupid.")


def test_a_slur_is_one_in_a_sentence_that_denies_something_else() -> None:
    assert scores("I wouldn't talk to those kikes.")["hate"] > 0.5


def test_only_the_categories_that_are_asked_for_are_looked_for() -> None:
    assert scores("You fucking idiot, I'll kill you.", category=Category.THREAT).keys() == {"threat"}
    assert scores("You fucking idiot.", category=Category.HATE) == {}


@pytest.mark.parametrize(
    ("language", "toxic", "harmless"),
    [
        ("de", "Halt die Fresse, du Arschloch!", "Der Esel steht im Stall und frisst."),
        ("fr", "Ferme ta gueule, connard.", "Le cul-de-sac mène au match nul."),
        ("es", "Vete a la mierda, hijo de puta.", "El payaso de circo come carne de cerdo este año."),
        ("it", "Vaffanculo, stronzo.", "Il cavallo di Troia e la carne di maiale."),
    ],
)
def test_other_languages_have_lexicons_of_their_own(language: str, toxic: str, harmless: str) -> None:
    assert worst(toxic, language) > 0.5 >= worst(harmless, language)
    assert worst(toxic, "en") <= 0.5


def test_a_spanish_word_with_an_enye_is_no_other_word() -> None:
    assert worst("¡Coño!", "es") > 0.5 >= worst("un cono de helado", "es")


def test_what_was_found_is_shown_masked() -> None:
    found = toxicity_scanner(frozenset(Category), ("en",)).scan(pl.Series(["fuuuck this, I'll kill you, b i t c h"]))
    assert [each.shown for each in found[0]] == ["f*****", "i*** k*** y**", "b****"]


def test_the_sentences_that_it_was_made_with_are_told_apart() -> None:
    texts = labelled_texts(600, seed=2)
    found = toxicity_scanner(frozenset(Category), ("en",)).scan(pl.Series([text.text for text in texts]))
    wrong = [
        text.text
        for place, text in enumerate(texts)
        if (max(scores_of(found.get(place, [])).values(), default=0) > 0.5) != (text.category is not None)
    ]
    assert wrong == []


@pytest.mark.parametrize("piece", ["f u c ", "fu", "you stupid ", "i will ", '"', "gay people are ", "u"])
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    worst(piece * (200_000 // len(piece)))
    assert time.perf_counter() - began < 10


def test_null_and_nothing_are_harmless() -> None:
    assert scores(None) == scores("") == {}
