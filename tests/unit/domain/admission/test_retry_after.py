from datetime import UTC, datetime

import pytest

from textnlp.domain.admission.retry_after import retry_after_seconds

_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Mon, 05 Jan 2026 09:00:30 GMT"}, 30.0),
        ({"Retry-After": "Mon, 05 Jan 2026 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, 86_400.0),
        ({"Retry-After": "7", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "7", "retry-after-ms": "x"}, 7.0),
    ],
)
def test_a_wait_is_read_in_seconds_milliseconds_and_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, now=_NOW) == seconds


def test_a_date_means_nothing_to_who_does_not_know_the_time() -> None:
    assert retry_after_seconds({"Retry-After": "Mon, 05 Jan 2026 09:00:30 GMT"}) is None
    assert retry_after_seconds({"Retry-After": "30"}) == 30.0
