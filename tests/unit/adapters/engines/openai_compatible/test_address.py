import pytest

from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.mark.parametrize(
    ("text", "completions"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        (" http://localhost:11434/v1/ ", "http://localhost:11434/v1/chat/completions"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/chat/completions"),
        ("http://h/v1/chat/completions", "http://h/v1/chat/completions"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ("https://h/a%2Fb/v1", "https://h/a%2Fb/v1/chat/completions"),
    ],
)
def test_completions_lie_under_the_base_url(text: str, completions: str) -> None:
    address = parse_base_url(text)
    assert str(address.completions) == completions
    assert str(address.models) == completions.replace("chat/completions", "models")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8000/v1",
        "ftp://h/v1",
        "file:///etc/passwd",
        "http://",
        "http:///v1",
        "http://user:hunter2@h/v1",
        "http://user@h/v1",
        "http://h/v1?key=hunter2",
        "http://h/v1#hunter2",
        "http://h:99999/v1",
        "http://[::1/v1",
    ],
)
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        parse_base_url(text)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "base_url"
    assert "hunter2" not in caught.value.full_text


def test_the_origin_names_scheme_host_and_port_only() -> None:
    assert parse_base_url("http://h:81/a/b").origin == "http://h:81"


def test_a_resource_of_azure_is_asked_in_the_version_that_its_url_names() -> None:
    bare = parse_base_url("https://contoso.openai.azure.com")
    assert str(bare.completions) == "https://contoso.openai.azure.com/openai/v1/chat/completions"
    dated = parse_base_url("https://contoso.openai.azure.com/openai/deployments/writer?api-version=2024-10-21")
    assert dated.completions.path_qs == "/openai/deployments/writer/chat/completions?api-version=2024-10-21"
    assert dated.resource("batches", "b1").path_qs == "/openai/batches/b1?api-version=2024-10-21"
