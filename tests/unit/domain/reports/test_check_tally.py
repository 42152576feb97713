import pytest

from textnlp.domain.reports.check_tally import check_subject


@pytest.mark.parametrize(
    ("document", "code", "column"),
    [
        ({"kind": "length", "column": "text", "min_words": 3}, "length:text", "text"),
        ({"kind": "length", "column": "text", "name": "long enough"}, "long enough", "text"),
        ({"kind": "condition", "where": "a > 1"}, "a > 1", None),
        ({"kind": "condition", "where": "a > 1", "name": "high"}, "high", None),
        ({"kind": "python", "function": "no_shouting", "columns": ["text"]}, "no_shouting", None),
        ({"kind": "http", "url": "https://example.org/", "columns": ["text"]}, "http", None),
    ],
)
def test_a_check_is_counted_under_the_code_of_its_reasons(
    document: dict[str, object], code: str, column: str | None
) -> None:
    subject = check_subject(document)
    assert (subject.code, subject.column) == (code, column)


def test_what_is_set_is_told_and_what_personal_data_is_hidden() -> None:
    subject = check_subject({"kind": "length", "column": "text", "name": None, "min_words": 3, "max_words": None})
    assert dict(subject.parameters) == {"min_words": "3"}
    assert not subject.hides_values
    assert check_subject({"kind": "pii", "column": "text"}).hides_values
