import pytest

from textnlp.adapters.engines.openai_compatible.authentication import ApiKeyHeader, BearerKey, NoAuthentication
from textnlp.adapters.engines.openai_compatible.secret_key import SecretKey
from textnlp.bootstrap.secret_wiring import authentication_of
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import read_settings

VAULT = read_settings({"TEXTNLP_KEY_VAULT_URL": "https://name.vault.azure.net"})


def test_a_key_is_in_a_variable_or_in_the_vault_and_may_be_in_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_KEY", "sk-right")

    assert isinstance(authentication_of(VAULT, None), NoAuthentication)
    assert isinstance(authentication_of(VAULT, "OPENAI_KEY"), BearerKey)
    assert isinstance(authentication_of(VAULT, "OPENAI_KEY", header=ApiKeyHeader), ApiKeyHeader)
    assert isinstance(authentication_of(VAULT, "keyvault:openai-key"), SecretKey)


@pytest.mark.parametrize(
    ("variables", "named", "told"),
    [
        ({}, "keyvault:openai-key", "TEXTNLP_KEY_VAULT_URL"),
        (
            {"TEXTNLP_KEY_VAULT_URL": "https://name.vault.azure.net"},
            "keyvault:openai/key",
            "letters, digits and dashes",
        ),
        ({"TEXTNLP_KEY_VAULT_URL": "http://name.vault.azure.net"}, "keyvault:openai-key", "https"),
        ({}, "UNSET_VARIABLE", "UNSET_VARIABLE is not set"),
    ],
)
def test_what_cannot_be_read_is_told_before_anybody_calls(variables: dict[str, str], named: str, told: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        authentication_of(read_settings(variables), named)

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert told in caught.value.full_text
