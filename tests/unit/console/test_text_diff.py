from textnlp.console.text_diff import DiffLine, text_diff


def test_lines_that_came_and_went_are_told_apart() -> None:
    assert text_diff("a\nb\nc", "a\nB\nc") == [
        DiffLine("place", "@@ -1,3 +1,3 @@"),
        DiffLine("same", "a"),
        DiffLine("removed", "b"),
        DiffLine("added", "B"),
        DiffLine("same", "c"),
    ]


def test_lines_that_look_like_marks_are_lines() -> None:
    kinds = [(each.kind, each.text) for each in text_diff("--- x", "+++ y")[1:]]
    assert kinds == [("removed", "--- x"), ("added", "+++ y")]


def test_equal_texts_have_no_difference() -> None:
    assert text_diff("a", "a") == []
