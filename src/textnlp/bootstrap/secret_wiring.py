"""Secrets by what settings and files call them: an environment variable, or `keyvault:NAME` for one of the vault."""

from collections.abc import Callable
from functools import partial

from textnlp.adapters.engines.openai_compatible.authentication import Authentication, BearerKey, NoAuthentication
from textnlp.adapters.engines.openai_compatible.secret_key import SecretKey
from textnlp.bootstrap.azure_wiring import azure_credential
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.secret_source import SecretSource
from textnlp.settings import Settings, read_secret, variable_name

_VAULT = "keyvault:"


def authentication_of(
    settings: Settings,
    api_key_env: str | None,
    *,
    header: Callable[[str], Authentication] = BearerKey,
    tokens: AccessTokens | None = None,
) -> Authentication:
    """Return what identifies the caller to an endpoint, nothing where no key is named.

    Raises `INVALID_INPUT` for a variable that is not set, and for a secret where the settings name no vault. A vault is
    read by the first call.
    """
    if not api_key_env:
        return NoAuthentication()
    name = vault_name(api_key_env)
    if name is None:
        return header(read_secret(api_key_env))
    return SecretKey(vault_of(settings, name, tokens), name, header=header)


def vault_name(named: str) -> str | None:
    """Return the name of a secret in the vault, None where an environment variable is named."""
    return named.removeprefix(_VAULT) if named.startswith(_VAULT) else None


def vault_of(settings: Settings, name: str, tokens: AccessTokens | None = None) -> SecretSource:
    """Return the vault that holds `name`, without connecting; raise `INVALID_INPUT` where there can be none."""
    if settings.key_vault_url is None:
        raise TextNLPError(
            f"{_VAULT}{name} names a secret of a Key Vault, and no vault is set.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=f"Set {variable_name('key_vault_url')} to its address.", field="api_key_env"),
        )
    from textnlp.adapters.secrets.key_vault import KeyVaultSecrets, require_secret_name  # noqa: PLC0415  for few

    require_secret_name(name)
    return KeyVaultSecrets(
        settings.key_vault_url, open_credential=partial(azure_credential, tokens), clock=SYSTEM_CLOCK
    )
