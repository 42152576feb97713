import pytest

from tests.unit.domain.review.reviews import ROW, an_answer, an_item, review_document
from textnlp.domain.errors import TextNLPError
from textnlp.domain.review.examples import accepted_examples
from textnlp.domain.review.rules import answer_item


def test_settled_edits_are_examples_and_carry_single_values_only() -> None:
    document = review_document("better", overlap=2)
    settled, disputed = an_item(), an_item(position=1)
    for number, (one, other) in enumerate([("It boils fast.", "Fast."), ("It  boils fast.", "Slow.")]):
        settled = answer_item(settled, an_answer(f"r{number}", {"better": one}), document=document)
        disputed = answer_item(disputed, an_answer(f"r{number}", {"better": other}), document=document)
    (example,) = accepted_examples([settled, disputed, an_item(position=2)], document)
    assert example == {**{name: ROW[name] for name in ("prompt", "other", "model")}, "reply": "It boils fast."}


def test_without_a_question_for_edits_there_are_no_examples() -> None:
    with pytest.raises(TextNLPError, match="no edit"):
        accepted_examples([], review_document("quality"))
