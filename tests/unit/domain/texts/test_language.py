import numpy as np
import polars as pl

from textnlp.domain.texts.language import expanded, known_languages, probabilities

SENTENCES = {
    "en": "All human beings are born free and equal in dignity and rights.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i praw.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах.",  # noqa: RUF001
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.",
}


def test_the_likeliest_language_is_the_one_it_is_in() -> None:
    chances, likeliest = probabilities(pl.Series(list(SENTENCES.values())), frozenset({"en"}))
    assert likeliest == list(SENTENCES)
    assert chances[0] > 0.9
    assert (chances[1:] < 0.2).all()


def test_a_text_that_says_nothing_has_no_probability() -> None:
    chances, likeliest = probabilities(pl.Series([None, "", " \n"]), frozenset({"en"}))
    assert np.isnan(chances).all()
    assert likeliest == ["", "", ""]


def test_languages_that_are_hardly_told_apart_are_expected_together() -> None:
    assert expanded(frozenset({"hr", "en"})) == {"en", "hr", "bs", "sr", "sh"}
    assert {"en", "de", "zh", "sw"} <= known_languages()
