from textnlp.console.text_excerpt import excerpt

TEXT = "\n".join(f"line {number}" for number in range(1, 8))


def test_a_line_is_shown_between_two_before_and_two_after_it() -> None:
    lines = excerpt(TEXT, 4)
    assert [(each.number, each.is_marked) for each in lines] == [
        (2, False),
        (3, False),
        (4, True),
        (5, False),
        (6, False),
    ]
    assert lines[2].text == "line 4"


def test_the_first_line_has_nothing_before_it() -> None:
    assert [each.number for each in excerpt(TEXT, 1)] == [1, 2, 3]


def test_a_line_that_is_not_there_shows_nothing() -> None:
    assert excerpt(TEXT, None) == excerpt(TEXT, 9) == excerpt("", 1) == []


def test_a_long_line_is_cut_off() -> None:
    assert len(excerpt("x" * 10_000, 1)[0].text) == 160
