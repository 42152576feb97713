import json
from collections.abc import Sequence
from typing import Any

import pytest

from textnlp.adapters.row_operators.http_operator import HttpOperator
from textnlp.adapters.row_operators.service_answer import RowAnswer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import HttpCheck
from textnlp.domain.validation.row_batch import RowBatch


class Service:
    """Lets rows pass whose `a` is not "bad", and keeps what it was sent."""

    def __init__(self) -> None:
        self.sent: list[list[dict[str, Any]]] = []

    def ask(self, bodies: Sequence[tuple[bytes, int]]) -> list[RowAnswer]:
        found: list[RowAnswer] = []
        for body, rows in bodies:
            self.sent.append(json.loads(body)["rows"])
            assert len(self.sent[-1]) == rows
            found += [
                RowAnswer(passed=row["a"] != "bad", reason=row.get("why"), score=row.get("score"))
                for row in self.sent[-1]
            ]
        return found


def operator(service: Service, **given: Any) -> HttpOperator:
    document: dict[str, Any] = {
        "kind": "http",
        "url": "https://example.org/",
        "columns": ["a", "why", "score"],
        **given,
    }
    return HttpOperator(HttpCheck(**document), service.ask)


def test_rows_are_sent_in_requests_of_so_many_and_answers_are_told_in_their_order() -> None:
    service = Service()
    rows = [{"a": "good", "other": 1}, {"a": "bad", "why": "It is\nbad.", "score": 3}, {"a": "bad"}]
    found = operator(service, rows_at_once=2).look(RowBatch(rows))

    assert [len(part) for part in service.sent] == [2, 1]
    assert service.sent[0][0] == {"a": "good", "why": None, "score": None}
    messages = {place: reason.message for place, reason in found.reasons.items()}
    assert messages == {1: "It is bad.", 2: "http does not let it pass."}
    assert found.scores is not None
    assert found.scores.tolist() == pytest.approx([float("nan"), 3.0, float("nan")], nan_ok=True)


def test_no_rows_ask_nobody_and_no_scores_are_none() -> None:
    service = Service()
    assert operator(service).look(RowBatch([])).reasons == {}
    assert service.sent == []
    assert operator(service).look(RowBatch([{"a": "good"}])).scores is None


def test_half_of_a_surrogate_pair_is_sent_as_json_tells_it() -> None:
    service = Service()
    operator(service).look(RowBatch([{"a": "half \ud800"}]))
    assert service.sent[0][0]["a"] == "half \ud800"


def test_what_the_service_could_not_judge_is_raised() -> None:
    def ask(_: Sequence[tuple[bytes, int]]) -> list[RowAnswer]:
        raise TextNLPError("away", kind=ErrorKind.UNAVAILABLE)

    check = HttpCheck(kind="http", url="https://example.org/", columns=["a"], name="mine")
    with pytest.raises(TextNLPError, match="away"):
        HttpOperator(check, ask).look(RowBatch([{"a": "x"}]))
    assert HttpOperator(check, ask).name == "mine"
