import pytest

from textnlp.api.binding import host_of, require_loopback
from textnlp.domain.errors import TextNLPError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_may_be_bound_to(host: str) -> None:
    require_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org", ""])  # noqa: S104
def test_anything_else_may_not(host: str) -> None:
    with pytest.raises(TextNLPError):
        require_loopback(host)


@pytest.mark.parametrize(
    ("authority", "host"),
    [("localhost:8000", "localhost"), ("127.0.0.1", "127.0.0.1"), ("[::1]:80", "[::1]")],
)
def test_the_port_is_no_part_of_the_host(authority: str, host: str) -> None:
    assert host_of(authority) == host
