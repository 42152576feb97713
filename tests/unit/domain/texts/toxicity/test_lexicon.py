import pytest

from textnlp.domain.texts.toxicity.evasion import masked_expression, word_expression
from textnlp.domain.texts.toxicity.lexicon import LANGUAGES, read_lexicon
from textnlp.domain.texts.toxicity.phrases import read_phrases


def test_a_word_has_all_its_endings() -> None:
    words = {entry.word for entry in read_lexicon("en").entries()}
    assert {"fuck", "fucked", "moron", "moronic"} <= words


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_in_folded_letters_so_that_they_can_be_found(language: str) -> None:
    lexicon = read_lexicon(language)
    told = [*(entry.word for entry in lexicon.entries()), *lexicon.harmless_phrases(), *lexicon.harmless_neighbours()]
    assert [word for word in told if not word.isascii() or word != word.lower().strip()] == []


def test_words_with_neighbours_are_words_of_the_lexicon() -> None:
    words = {entry.word for entry in read_lexicon("en").entries()}
    assert [word for word in read_lexicon("en").neighbours if word.partition("/")[0] not in words] == []


def test_phrases_are_whole() -> None:
    assert not [phrase for phrase in read_phrases() if "<" in phrase.expression]


def test_short_words_may_have_signs_but_no_digits() -> None:
    assert "$" in word_expression("ass")
    assert "5" not in word_expression("ass")
    assert "5" in word_expression("piss")


def test_a_first_letter_alone_stands_for_few_words() -> None:
    assert masked_expression("fuck") is not None
    assert masked_expression("cunt") is None
