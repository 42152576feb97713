import json
from datetime import UTC, datetime

from textnlp.domain.webhooks.payload import encode_payload

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_payload_holds_ids_and_counts_and_nothing_that_was_written() -> None:
    data = {"id": "batch_1", "counts": {"input": 2}, "message": "said: secret", "prompt": "secret", "blob": "a/b"}
    body = encode_payload("Batch.Failed", at=NOON, subject="batches/batch_1", data=data)
    assert json.loads(body) == {
        "type": "Batch.Failed",
        "timestamp": "2026-03-01T12:00:00+00:00",
        "data": {"id": "batch_1", "counts": {"input": 2}, "link": "/api/v1/batches/batch_1"},
    }
