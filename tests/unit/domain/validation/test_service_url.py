import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.domain.validation.service_url import require_service_url


@pytest.mark.parametrize("url", ["http://localhost:8000/check", "https://example.org/?key=1", "http://10.0.0.1/"])
def test_http_and_https_addresses_with_a_host_will_do(url: str) -> None:
    require_service_url(url, field="checks[0].url")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://example.org/", "is no http or https address"),
        ("example.org/check", "is no http or https address"),
        ("https:///check", "is no http or https address"),
        ("https://me:pass-word@example.org/", "holds a user name or password"),
        ("https://example.org/#part", "has a fragment"),
        ("https://example.org:port/", "cannot be read"),
    ],
)
def test_other_addresses_are_refused_without_being_repeated(url: str, told: str) -> None:
    with pytest.raises(TextNLPError, match=told) as caught:
        require_service_url(url, field="checks[0].url")
    assert caught.value.facts.field == "checks[0].url"
    assert "pass-word" not in caught.value.message
