from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks

_CHECK: TypeAdapter[Any] = TypeAdapter(Check)


def look(*texts: Any, **check: Any) -> list[CheckedRow]:
    checks = RowChecks([_CHECK.validate_python({"kind": "toxicity", "column": "text", **check})])
    return checks.look([{"text": text} for text in texts])


def test_a_toxic_row_fails_with_its_category_and_the_word_masked() -> None:
    bad, good, missing, number = look("You absolute moron", "Good morning.", None, 7)
    assert [reason.message for reason in bad.reasons] == ["text is toxic: insult (m****; score 0.70)."]
    assert bad.reasons[0].code == "toxicity:text"
    assert (good.reasons, good.scores) == ([], {"toxicity:text": 0.0})
    assert missing.reasons == number.reasons == []
    assert missing.scores == number.scores == {}


def test_the_limit_is_the_highest_score_that_passes() -> None:
    text = 'He said "fuck" once.'
    score = look(text)[0].scores["toxicity:text"]
    assert 0 < score < 0.5
    assert look(text)[0].reasons == look(text, max_score=score)[0].reasons == []
    assert look(text, max_score=0.1)[0].reasons
    assert look("Damn, it rains.", max_score=0)[0].reasons


def test_what_is_not_asked_for_passes() -> None:
    assert look("Oh shit.", categories=["threat", "hate"])[0].reasons == []
    assert look("Du Arschloch")[0].reasons == []
    assert look("Du Arschloch", languages=["en", "de"])[0].reasons


@pytest.mark.parametrize("check", [{"languages": ["xx"]}, {"categories": []}, {"languages": []}, {"max_score": 2}])
def test_a_check_that_makes_no_sense_is_refused(check: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        look("text", **check)
