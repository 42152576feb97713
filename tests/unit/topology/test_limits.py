from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.limits import CALL_LIMITS, CROSS_ORIGIN, LIMITS, RESPONSE_HEADERS


def test_a_caller_has_a_thousand_calls_a_minute_and_a_million_in_thirty_days() -> None:
    allowed = {limit.name: (limit.counts, limit.allowed, limit.renewal_seconds) for limit in CALL_LIMITS}
    assert allowed["rate-limit"] == ("calls", 1_000, 60)
    assert allowed["quota"] == ("calls", 1_000_000, 2_592_000)
    assert allowed["token-limit"][0] == "tokens"


def test_a_batch_file_has_the_limits_of_the_provider() -> None:
    assert LIMITS.openai_batch_lines == 50_000
    assert LIMITS.openai_batch_bytes == 200 * 1024 * 1024


def test_rows_travel_by_two_hundred_and_are_written_within_a_quarter_second() -> None:
    assert LIMITS.slice_rows == 200
    assert LIMITS.flush_interval_seconds == pytest.approx(0.25)


def test_a_call_ends_before_the_private_link_idles_out() -> None:
    assert LIMITS.request_timeout_seconds < 300


def test_only_the_platforms_own_page_may_call_with_credentials() -> None:
    assert CROSS_ORIGIN.allowed_origins == ("https://app.textnlp.com",)
    assert CROSS_ORIGIN.allowed_methods == ("GET", "POST", "PUT", "PATCH", "DELETE")
    assert CROSS_ORIGIN.allows_credentials
    assert "Authorization" in CROSS_ORIGIN.allowed_headers


def test_no_response_lets_a_browser_guess_its_type() -> None:
    assert ("X-Content-Type-Options", "nosniff") in RESPONSE_HEADERS


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"attempt_timeout_seconds": 601}, "attempt_timeout_seconds is 601"),
        ({"max_row_bytes": 20 * 1024 * 1024}, "max_row_bytes <= max_request_body_bytes"),
        ({"slice_rows": 0}, "slice_rows"),
        ({"flush_interval_seconds": 0.0}, "flush_interval_seconds"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(LIMITS, **changes)


def test_a_limit_that_lets_nothing_through_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="limit 'rate-limit': allows 0 in 60 seconds"):
        replace(CALL_LIMITS[0], allowed=0)


def test_what_browsers_or_the_gateway_refuse_is_refused() -> None:
    with pytest.raises(ValueError, match="'\\*'"):
        replace(CROSS_ORIGIN, allowed_origins=("*",))
    with pytest.raises(ValueError, match="allowed_headers is empty"):
        replace(CROSS_ORIGIN, allowed_headers=())
