from textnlp.domain.reports.shown_text import shown_text


def test_values_are_shown_as_text_or_json_and_cut() -> None:
    assert shown_text("plain") == "plain"
    assert shown_text({"a": [1]}) == '{"a": [1]}'
    assert shown_text({"a": ["x" * 100]}) == '{\n "a": [\n  "' + "x" * 100 + '"\n ]\n}'
    assert shown_text("x" * 700) == "x" * 600 + "…"
    assert shown_text("x" * 4, most=3) == "xxx…"
    assert shown_text("\ud800") == "?"
