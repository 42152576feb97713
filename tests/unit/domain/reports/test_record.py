import json

import jsonschema_rs
import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.reports.model import Balance, QualityReport, Subject
from textnlp.domain.reports.record import decode_report, encode_report, report_schema

_REPORT = QualityReport(
    subject=Subject(kind="dataset", name="kettles"),
    balance=Balance(rows=1, accepted=1, rejected=0, failed=0, surplus=0),
)


def test_a_report_satisfies_its_schema() -> None:
    jsonschema_rs.validate(report_schema(), json.loads(encode_report(_REPORT)))


def test_fields_that_are_not_known_are_left_out() -> None:
    document = {**json.loads(encode_report(_REPORT)), "further": 1}
    assert decode_report(json.dumps(document).encode()) == _REPORT


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", encode_report(_REPORT).replace(b'"format": 1', b'"format": 2')])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_report(data)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
