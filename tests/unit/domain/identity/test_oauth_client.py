import pytest

from textnlp.domain.identity.oauth_client import OAUTH_CLIENTS, OAuthClient, find_oauth_client, is_redirect_of

BASE = "http://127.0.0.1:8000/"


def client(client_id: str) -> OAuthClient:
    found = find_oauth_client(client_id)
    assert found is not None
    return found


def test_clients_are_found_by_their_id_alone() -> None:
    assert [find_oauth_client(each.id) for each in OAUTH_CLIENTS] == list(OAUTH_CLIENTS)
    assert find_oauth_client("textnlp-login") is None
    assert find_oauth_client("") is None


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "http://[::1]:49152/callback",
    ],
)
def test_a_native_program_listens_on_any_port_of_this_machine(uri: str) -> None:
    assert is_redirect_of(client("textnlp-native"), uri, base_url=BASE)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://127.0.0.1:49152/callback/",
        "http://127.0.0.1:49152/callback/../elsewhere",
        "http://127.0.0.1:49152/callback?x=1",
        "http://127.0.0.1:49152/callback#",
        "http://127.0.0.1:49152/Callback",
        "https://127.0.0.1:49152/callback",
        "HTTP://127.0.0.1:49152/callback",
        "http://localhost:49152/callback",
        "http://127.0.0.2:49152/callback",
        "http://127.0.0.1.example.org:49152/callback",
        "http://127.0.0.1:49152@example.org/callback",
        "http://user@127.0.0.1:49152/callback",
        "http://127.0.0.1:049152/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:port/callback",
        "http://127.0.0.1:49152\\@example.org/callback",
        "http://127.0.0.1:49152/callback\n",
        "http://[::1/callback",
        "com.example:/callback",
        "http://127.0.0.1:49152/callback" + "/" * 3000,
    ],
)
def test_every_other_address_is_refused(uri: str) -> None:
    assert not is_redirect_of(client("textnlp-native"), uri, base_url=BASE)


@pytest.mark.parametrize(
    ("base", "uri", "is_own"),
    [
        (BASE, "http://127.0.0.1:8000/console/signed-in", True),
        ("https://text.example.org/", "https://text.example.org/console/signed-in", True),
        ("http://text.example.org/", "http://text.example.org/console/signed-in", False),
        (BASE, "http://127.0.0.1:8001/console/signed-in", False),
        (BASE, "http://127.0.0.1:8000/console/signed-in/", False),
        (BASE, "https://example.org/console/signed-in", False),
    ],
)
def test_the_console_takes_codes_on_the_platforms_own_address(base: str, uri: str, *, is_own: bool) -> None:
    assert is_redirect_of(client("textnlp-console"), uri, base_url=base) is is_own
