import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.webhooks.target import require_target


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/hooks?tenant=1",
        "https://hooks.example.org.:8443/a%20b",
        "https://xn--bcher-kva.example/",
        "https://93.184.215.14/",
        "https://[2606:4700::1111]:1024/",
    ],
)
def test_https_to_the_open_internet_may_be_called(url: str) -> None:
    require_target(url)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "file:///etc/passwd", "//example.org/", "example.org", ""),
        *("https://", "https:///path", "https://user@example.org/", "https://user:pass@example.org/", "https://@a.b/"),
        *(
            "https://example.org/#part",
            "https://example.org/a b",
            "https://example.org\\@127.0.0.1/",
            "https://ex\n.org",
        ),
        *("https://bücher.example/", "https://exa mple.org", "https://-a.example/", "https://a..b:70000/"),
        *(
            "https://example.org:22/",
            "https://example.org:80/",
            "https://example.org:6000/",
            "https://example.org:0x1/",
        ),
        *(
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://127.0.0.0x1./",
            "https://0177.0.0.1/",
        ),
        *("https://[::1", "https://[fe80::1%25eth0]/", "https://example.org/" + "a" * 2048),
    ],
)
def test_any_other_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        require_target(url)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "url"
    assert "pass" not in caught.value.message.replace("password", "")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "10.1.2.3", "[::ffff:10.1.2.3]"])
def test_an_address_in_the_network_is_refused_unless_that_is_allowed(host: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        require_target(f"https://{host}/")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    require_target(f"https://{host}/", allows_private=True)
    require_target(f"http://{host}:8000/", allows_private=True)
    require_target(f"http://{host}/", allows_private=True)


def test_credentials_are_refused_wherever_the_url_leads() -> None:
    with pytest.raises(TextNLPError):
        require_target("http://user:secret@localhost:8000/", allows_private=True)


@given(st.text(alphabet="htps:/.@[]#?%\\ \t0123456789abcdefx-_", max_size=40))
def test_what_is_let_through_means_the_same_host_to_whoever_connects(text: str) -> None:
    url = f"https://{text}"
    try:
        require_target(url)
    except TextNLPError:
        return
    parsed = URL(url)
    assert (parsed.scheme, parsed.user) == ("https", None)
    netloc = url.removeprefix("https://").partition("/")[0].partition("?")[0]
    host = netloc.rpartition(":")[0] if ":" in netloc and not netloc.endswith("]") else netloc
    assert (parsed.host or "") == host.strip("[]").lower()
