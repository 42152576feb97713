from textnlp.api.openapi import Description
from textnlp.api.response_headers import HEADERS, headers_of
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import READ

LIMITS = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


def test_only_a_call_that_was_let_in_tells_what_is_left() -> None:
    granted = Description(grant=READ)
    assert set(headers_of(granted, 200)) == {"X-Request-Id", *LIMITS}
    assert set(headers_of(granted, 401)) == {"X-Request-Id", "WWW-Authenticate"}
    assert set(headers_of(granted, 429)) == {"X-Request-Id", "Retry-After"}
    assert set(headers_of(Description(), 200)) == {"X-Request-Id"}


def test_only_what_is_found_later_has_a_location() -> None:
    assert "Location" in headers_of(Description(is_located=True), 202)
    assert "Location" not in headers_of(Description(is_located=True), 200)
    assert "Location" not in headers_of(Description(), 202)


def test_every_header_that_pages_elsewhere_may_read_is_described() -> None:
    assert set(TOPOLOGY.cross_origin.exposed_headers) <= set(HEADERS)
