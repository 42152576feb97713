import asyncio
import sys
from collections.abc import AsyncGenerator

import pytest
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets.aio import SecretClient

from tests.doubles.clock import ManualClock
from tests.doubles.entra import Entra
from tests.doubles.key_vault import KeyVault, running_key_vault
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.secrets.key_vault import KeyVaultSecrets
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import KEY_VAULT


@pytest.fixture
async def vault(entra: Entra) -> AsyncGenerator[KeyVault]:
    async with running_key_vault(entra) as double:
        double.secrets["openai-key"] = "first-value"
        yield double


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now=SystemClock().now())


@pytest.fixture
def secrets(vault: KeyVault, entra: Entra, clock: ManualClock) -> KeyVaultSecrets:
    authority = entra.certificates.authority
    return KeyVaultSecrets(
        vault.url,
        open_credential=lambda: TokenCredential(EntraAccessTokens(clock=SystemClock(), ca_file=authority)),
        clock=clock,
        ca_file=authority,
    )


async def test_the_stock_library_takes_the_double_for_a_vault(entra: Entra, vault: KeyVault) -> None:
    trust = {"connection_verify": str(entra.certificates.authority)}
    async with (
        DefaultAzureCredential(**trust) as credential,
        SecretClient(vault.url, credential, verify_challenge_resource=False, **trust) as client,
    ):
        assert (await client.get_secret("openai-key")).value == "first-value"
    assert vault.challenges == 1
    assert entra.scopes == [KEY_VAULT]


async def test_a_secret_is_kept_for_five_minutes_and_those_who_ask_at_once_share_it(
    vault: KeyVault, secrets: KeyVaultSecrets, clock: ManualClock
) -> None:
    assert await asyncio.gather(*(secrets.read("openai-key") for _ in range(5))) == ["first-value"] * 5
    vault.secrets["openai-key"] = "second-value"
    await clock.advance(299)
    assert await secrets.read("openai-key") == "first-value"
    assert vault.reads == ["openai-key"]

    await clock.advance(1)
    assert await secrets.read("openai-key") == "second-value"


async def test_a_refused_secret_is_read_again_but_not_by_every_call(
    vault: KeyVault, secrets: KeyVaultSecrets, clock: ManualClock
) -> None:
    await secrets.read("openai-key")
    vault.secrets["openai-key"] = "second-value"
    await clock.advance(11)
    secrets.forget("openai-key")
    assert await secrets.read("openai-key") == "second-value"

    for _ in range(3):
        secrets.forget("openai-key")
        await secrets.read("openai-key")
    assert len(vault.reads) == 2


async def test_a_kept_secret_outlasts_an_outage_of_the_vault(
    vault: KeyVault, secrets: KeyVaultSecrets, clock: ManualClock
) -> None:
    await secrets.read("openai-key")
    vault.fails = 400
    await clock.advance(301)

    assert await secrets.read("openai-key") == "first-value"


async def test_a_process_without_the_role_is_told_which_one_it_needs(vault: KeyVault, secrets: KeyVaultSecrets) -> None:
    vault.refuses = True

    error = await _error(secrets, "openai-key")

    assert error.kind is ErrorKind.FORBIDDEN
    assert "Key Vault Secrets User" in error.full_text


async def test_a_missing_a_disabled_and_an_impossible_name_are_told_apart(
    vault: KeyVault, secrets: KeyVaultSecrets
) -> None:
    vault.disabled.add("openai-key")

    missing, disabled = await _error(secrets, "other"), await _error(secrets, "openai-key")
    impossible = await _error(secrets, "../keys/other")

    assert (missing.kind, disabled.kind) == (ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN)
    assert "has no secret other" in missing.full_text
    assert "disabled" in disabled.full_text
    assert impossible.kind is ErrorKind.INVALID_INPUT


async def test_a_vault_that_cannot_be_reached_is_unavailable(clock: ManualClock, entra: Entra) -> None:
    authority = entra.certificates.authority
    secrets = KeyVaultSecrets(
        "https://localhost:1",
        open_credential=lambda: TokenCredential(EntraAccessTokens(clock=SystemClock(), ca_file=authority)),
        clock=clock,
        ca_file=authority,
    )

    error = await _error(secrets, "openai-key")

    assert error.kind is ErrorKind.UNAVAILABLE
    assert "localhost cannot be reached" in error.full_text


async def test_the_library_is_named_where_it_is_missing(
    secrets: KeyVaultSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.keyvault.secrets.aio", None)

    assert "pip install 'textnlp[azure]'" in (await _error(secrets, "openai-key")).full_text


def test_an_address_without_tls_is_refused(clock: ManualClock) -> None:
    def opened() -> TokenCredential:
        return TokenCredential(EntraAccessTokens(clock=SystemClock()))

    with pytest.raises(TextNLPError, match="not one of https"):
        KeyVaultSecrets("http://name.vault.azure.net", open_credential=opened, clock=clock)


async def _error(secrets: KeyVaultSecrets, name: str) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await secrets.read(name)
    return caught.value
