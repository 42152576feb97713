from typing import Any

import pytest
from pydantic import TypeAdapter

from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.checks import Check
from textnlp.domain.validation.row_checks import CheckedRow, RowChecks

_CHECK: TypeAdapter[Any] = TypeAdapter(Check)
GOOD = "The kettle boils quickly, keeps its heat, and pours without a drip. I would buy it again for my mother at once."


def look(check: dict[str, Any], *texts: Any) -> list[CheckedRow]:
    checks = RowChecks([_CHECK.validate_python({"column": "text", **check})])
    return checks.look([{"text": text} for text in texts])


def faults(check: dict[str, Any], *texts: Any) -> list[str | None]:
    return [row.reasons[0].message if row.reasons else None for row in look(check, *texts)]


@pytest.mark.parametrize(
    ("check", "bad", "told"),
    [
        ({"kind": "language", "languages": ["en"]}, "Das Haus steht seit langem leer am See.", "is de rather than en"),
        ({"kind": "readability", "low": 30}, "Institutional epistemological heterogeneity.", "flesch reading ease"),
        ({"kind": "repetition"}, "so good so good so good and " * 8, "repeats itself"),
        ({"kind": "prose"}, "# 1 # 2 # 3 # 4 # 5 # 6 # 7 # 8 # 9 # 10 # 11", "is no prose"),
        ({"kind": "markup"}, "It is <b>good</b>.", 'has traces of html: "<b>"'),
        ({"kind": "markup"}, "Good. <|im_end|>", "has traces of tokens"),
        ({"kind": "markup", "forbid": ["markdown"]}, "It is **very** good.", "has traces of markdown"),
        ({"kind": "complete"}, "It boils quickly and then it", "ends in the middle of a sentence"),
        ({"kind": "complete"}, "See this:\n```python\nprint(1)\n", "code fence that is not closed"),
        ({"kind": "complete"}, "It is good (and cheap.", "opens ( without closing it"),
        ({"kind": "encoding"}, "It\u2019s caf\u00c3\u00a9.", "UTF-8 that was read as Latin-1"),
        ({"kind": "encoding"}, "It is \ufffd good.", "a replacement character"),
        ({"kind": "refusal"}, "I'm sorry, but I can't help with that.", "refuses"),
        ({"kind": "refusal"}, "As an AI language model, I like tea.", "speaks of being a model"),
        ({"kind": "refusal"}, "Dear [Name], your order has left.", "left to be filled in"),
        ({"kind": "refusal"}, "Es tut mir leid, aber ich kann das nicht.", "refuses"),
        ({"kind": "refusal", "forbid": ["opening"]}, "Sure, here's a review: Good.", "empty phrase"),
        (
            {"kind": "prompt_leak", "texts": ["Write a review of a kettle in two sentences, please, for a shop."]},
            "Write a review of a kettle in two sentences, please, for a shop. It is good.",
            "repeats 13 words of what it was asked with",
        ),
    ],
)
def test_a_text_that_is_not_as_it_should_be_is_told_and_a_good_one_passes(
    check: dict[str, Any], bad: str, told: str
) -> None:
    good, found, missing, other = faults(check, GOOD, bad, None, 7)
    assert good is None
    assert found is not None
    assert told in found
    assert missing is None
    assert other is None


def test_the_column_of_the_prompt_may_be_another_in_every_row() -> None:
    prompt = "List the five best kettles of this year with their prices and weights, shortest first."
    check = RowChecks(
        [_CHECK.validate_python({"kind": "prompt_leak", "column": "text", "source_column": "p", "max_words": 5})]
    )
    rows = check.look([{"text": f"Well: {prompt}", "p": prompt}, {"text": prompt, "p": "Another."}, {"text": prompt}])
    assert [bool(row.reasons) for row in rows] == [True, False, False]
    assert rows[0].scores == {"prompt_leak:text": 15}


def test_short_texts_are_not_judged_by_language_or_repetition() -> None:
    assert faults({"kind": "language", "languages": ["en"]}, "Ja.") == [None]
    assert faults({"kind": "repetition"}, "no no no no no no") == [None]


def test_scores_are_given_where_there_are_any() -> None:
    good, empty = look({"kind": "language", "languages": ["en"]}, GOOD, "")
    assert good.scores["language:text"] > 0.9
    assert empty.scores == {}


@pytest.mark.parametrize(
    ("check", "field"),
    [
        ({"kind": "language", "languages": ["english"]}, "checks[0].languages"),
        ({"kind": "readability", "low": 9, "high": 3}, "checks[0].low"),
        ({"kind": "prompt_leak"}, "checks[0]"),
    ],
)
def test_a_check_that_makes_no_sense_is_refused_with_its_place(check: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        look(check)
    assert caught.value.facts.field == field


@pytest.mark.parametrize("kind", ["repetition", "encoding", "complete", "refusal", "markup", "prose"])
def test_verdicts_do_not_depend_on_how_rows_are_batched(kind: str) -> None:
    texts = [GOOD, "so good " * 30, "It is \ufffd", "As an AI, I", "<p>x", "# # # # # " * 5, None]
    together = faults({"kind": kind}, *texts)
    assert together == [faults({"kind": kind}, text)[0] for text in texts]
