from textnlp.domain.matching.normalisation import normalised


def test_a_normalised_text_has_neither_case_nor_other_spaces() -> None:
    assert normalised(" \uff2bettle\t\u00a0ﬁne ") == "kettle fine"


def test_every_character_of_a_script_without_spaces_is_a_word() -> None:
    assert normalised("我在家ok") == "我 在 家 ok"
