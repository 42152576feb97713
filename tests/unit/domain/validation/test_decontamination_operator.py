from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex
from textnlp.domain.validation.decontamination_operator import DecontaminationOperator
from textnlp.domain.validation.outside_checks import DecontaminationCheck
from textnlp.domain.validation.row_batch import RowBatch

_WORDS = [f"w{place}" for place in range(20)]


def test_the_column_the_benchmark_and_the_span_are_named() -> None:
    index = BenchmarkIndex(words=4)
    index.add(["nothing", " ".join(_WORDS)], file="exam.jsonl")
    check = DecontaminationCheck(kind="decontamination", columns=["question", "answer"], files=["exam.jsonl"], words=4)
    rows = [
        {"question": "none", "answer": "w3 w4"},
        {"question": "so w1, w2, w3, w4", "answer": "W5 w6 w7 w8 w9!"},
        {"question": None, "answer": 5},
    ]
    found = DecontaminationOperator(check, index).look(RowBatch(rows))
    assert {place: (reason.column, reason.message) for place, reason in found.reasons.items()} == {
        1: ("answer", 'answer has 5 words in common with exam.jsonl, line 2: "w5 w6 w7 w8 w9".')
    }
    assert found.scores is not None
    assert found.scores.tolist() == [0, 5, 0]
