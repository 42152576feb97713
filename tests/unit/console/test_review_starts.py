import pytest

from textnlp.bootstrap.review_wiring import read_sent_review
from textnlp.console.review_starts import start_of
from textnlp.domain.errors import TextNLPError


@pytest.mark.parametrize(
    "columns", [[], ["id", "it's", "answer: x", "#"], [f"column_{number}" for number in range(40)]]
)
def test_what_a_form_begins_with_is_a_review(columns: list[str]) -> None:
    document = read_sent_review(start_of(columns))
    assert document.columns is not None
    assert document.columns == ([name for name in columns if name != "id"] or ["prompt", "response"])[:12]


@pytest.mark.parametrize(("name", "called"), [("customer-reviews", "customer-reviews"), ("a: b", "first-review")])
def test_a_review_is_called_like_what_it_is_of_where_it_may(name: str, called: str) -> None:
    assert read_sent_review(start_of([], name=name)).name == called


def test_what_is_wrong_in_the_text_of_a_review_has_a_line() -> None:
    with pytest.raises(TextNLPError) as caught:
        read_sent_review(start_of([]).replace("kind: rating", "kind: ratting"))
    assert caught.value.facts.line is not None
