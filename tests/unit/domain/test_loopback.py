import pytest

from textnlp.domain.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "[::1]", "::1", "localhost", "LOCALHOST."])
def test_only_this_machine_reaches_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "localhost.example.org", ""])  # noqa: S104
def test_anything_else_may_be_reached(host: str) -> None:
    assert not is_loopback(host)
