import pickle

import pytest

from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.decontamination_operator import DecontaminationOperator
from textnlp.domain.validation.operator import Operator
from textnlp.domain.validation.operators import AskingCheck
from textnlp.domain.validation.outside_checks import DecontaminationCheck
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.domain.validation.sent_checks import sent_checks

_LENGTH = {"kind": "length", "column": "text", "min_words": 2}
_BENCHMARK = {"kind": "decontamination", "columns": ["text"], "files": ["bench.txt"], "words": 3}
_ROWS = [{"text": "one"}, {"text": "we saw the black cat"}, {"text": "we saw a cat"}]


def _outside(check: AskingCheck, _: str) -> Operator:
    assert isinstance(check, DecontaminationCheck)
    index = BenchmarkIndex(words=check.words)
    index.add(["saw the black"], file="bench.txt")
    return DecontaminationOperator(check, index)


def test_checks_that_were_sent_say_what_those_here_say() -> None:
    checks = ChecksFile.model_validate({"checks": [_LENGTH, _BENCHMARK]})
    here = RowChecks(checks.checks, outside=_outside)
    sent = sent_checks(checks, here.operators)
    there = pickle.loads(pickle.dumps(sent)).made()  # noqa: S301  made here
    assert there.look(_ROWS) == here.look(_ROWS)
    assert [[reason.code for reason in row.reasons] for row in there.look(_ROWS)] == [
        ["length:text"],
        ["decontamination"],
        [],
    ]


@pytest.mark.parametrize("check", [{"kind": "perplexity"}, {"kind": "length", "max_tokens": 9}])
def test_checks_that_ask_somebody_stay(check: dict[str, object]) -> None:
    checks = ChecksFile.model_validate({"checks": [{**check, "column": "text"}]})
    operators = RowChecks([], field="checks").operators
    assert sent_checks(checks, [*operators, _outside(DecontaminationCheck.model_validate(_BENCHMARK), "")]) is None
