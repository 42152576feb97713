import pytest

from textnlp.adapters.row_operators.service_answer import read_answer
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_results_are_read_with_what_may_be_left_out() -> None:
    body = b'{"results": [{"passed": true}, {"passed": false, "reason": " too\\n long ", "score": 2}]}'
    good, bad = read_answer(body, rows=2, origin="https://example.org")
    assert (good.passed, good.sentence, good.score) == (True, None, None)
    assert (bad.passed, bad.sentence, bad.score) == (False, "too long", 2.0)


def test_a_long_reason_is_shortened() -> None:
    body = b'{"results": [{"passed": false, "reason": "%s"}]}' % (b"x" * 1_000)
    assert len(read_answer(body, rows=1, origin="o")[0].sentence or "") == 301


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"results": [{"passed": true}, {"passed": 1}]}', "at results[1].passed: expected `bool`, got `int`"),
        (b'{"results": [{"reason": "x"}]}', "at results[0]: object missing required field `passed`"),
        (b'{"results": [{"passed": true, "ok": 1}]}', "at results[0]: object contains unknown field `ok`"),
        (b'{"verdicts": []}', "object contains unknown field `verdicts`"),
        (b'{"results": [{"passed": true}]}', "at results: it has 1 for 2 rows"),
        (b"<html>", "JSON is malformed"),
        (b"\xff", "JSON is malformed"),
    ],
)
def test_anything_else_is_refused_with_its_place(body: bytes, told: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_answer(body, rows=2, origin="https://example.org")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert told.lower() in caught.value.message.lower()
    assert caught.value.message.startswith("https://example.org did not say of the rows what it should")
