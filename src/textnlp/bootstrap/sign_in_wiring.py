"""The issuer, other than the platform itself, that signs people in to the console."""

import contextlib

from textnlp.adapters.identity.jwks_source import JwksSource
from textnlp.adapters.identity.oidc_sign_in import OidcClient, OidcSignIn, ReadSecret
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.secret_wiring import vault_name, vault_of
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.sign_in_issuer import SignInIssuer
from textnlp.settings import Settings, read_secret, variable_name


def outside_issuer(
    stack: contextlib.AsyncExitStack, settings: Settings, tokens: AccessTokens | None = None
) -> SignInIssuer | None:
    """Return the issuer of the settings, to be closed with `stack`; None where the console is nothing to it.

    Raises `INVALID_INPUT` for a client of no issuer, and where its secret is not there. A vault is read by the first
    sign-in.
    """
    if settings.console_client_id is None:
        return None
    if settings.issuer is None:
        raise TextNLPError(
            "The console is the client of an issuer that is not named.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=f"Set {variable_name('issuer')} to its URL.", field="issuer"),
        )
    keys = SigningKeys(JwksSource(settings.issuer).fetch, issuer=settings.issuer, clock=SYSTEM_CLOCK)
    client = OidcClient(
        issuer=settings.issuer,
        client_id=settings.console_client_id,
        scope=settings.console_scopes,
        secret=_secret(settings, tokens),
    )
    made = OidcSignIn(client, keys=keys, clock=SYSTEM_CLOCK)
    stack.push_async_callback(made.aclose)
    return made


def _secret(settings: Settings, tokens: AccessTokens | None) -> ReadSecret | None:
    named = settings.console_client_secret_env
    if named is None:
        return None
    in_vault = vault_name(named)
    if in_vault is None:
        value = read_secret(named)

        async def given() -> str:
            return value

        return given
    source = vault_of(settings, in_vault, tokens)

    async def read() -> str:
        return await source.read(in_vault)

    return read
