from textnlp.console.query import filled_in


def test_only_what_somebody_filled_in_is_kept_and_not_the_forms_own_token() -> None:
    fields = [("state", "failed"), ("before", " "), ("form_token", "t"), ("text", " spaced ")]
    assert filled_in(fields) == [("state", "failed"), ("text", " spaced ")]
