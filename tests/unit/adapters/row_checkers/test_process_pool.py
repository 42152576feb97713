from collections.abc import Iterator

from textnlp.adapters.row_checkers.process_pool import ProcessPoolChecks
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.domain.validation.sent_checks import SentChecks, sent_checks
from textnlp.domain.validation.summary import ValidationSummary

_CHECKS = ChecksFile.model_validate(
    {
        "checks": [
            {"kind": "length", "column": "text", "min_words": 2},
            {"kind": "pii", "column": "text", "action": "redact", "types": ["email"]},
        ]
    }
)


def _sent() -> SentChecks:
    sent = sent_checks(_CHECKS, RowChecks(_CHECKS.checks).operators)
    assert sent is not None
    return sent


def _batches() -> Iterator[list[Record | BadRecord]]:
    texts = ["two words", "one", "mail jane@example.com please"]
    for first in range(0, 9, 3):
        rows = [
            Record(number=first + place, file="f", line=first + place, values={"text": text, "n": first})
            for place, text in enumerate(texts)
        ]
        yield [*rows, BadRecord(number=first + 3, file="f", line=first + 3, message="no JSON")]


def test_other_processes_say_what_this_one_says_and_rows_that_nothing_changed_are_those_that_were_given() -> None:
    here = RowChecks(_CHECKS.checks)
    summary = ValidationSummary()
    with ProcessPoolChecks(_sent(), processes=2) as pool:
        for batch, checked in pool.look(_batches()):
            good = [record for record in batch if isinstance(record, Record)]
            assert checked == here.look([record.values for record in good])
            assert checked[0].values is good[0].values
            assert checked[2].values == {"text": "mail [EMAIL] please", "n": good[2].values["n"]}
            for record, row in zip(good, checked, strict=True):
                summary.add(record, row)
    assert (summary.rows, summary.accepted, summary.changed) == (9, 6, 3)
