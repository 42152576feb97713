"""Redeem a code or a refresh token for tokens (RFC 6749 sections 4.1.3 and 6, RFC 7636, RFC 9700 section 4.14)."""

import dataclasses
from dataclasses import dataclass, field

from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import ClientId, is_client_id
from textnlp.domain.identity.authorization_request import OFFLINE_ACCESS, OPENID, asked_grants
from textnlp.domain.identity.client import require_client
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.one_time_secret import (
    MOST_CHARACTERS,
    OneTimeSecret,
    SecretPurpose,
    digest_of,
    generate_secret,
)
from textnlp.domain.identity.sign_in import MOST_ROTATIONS, SignIn, is_verifier_of, require_standing

_CODE = "code"
_REFRESH = "refresh_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTokens:
    """What a program gets.

    Attributes:
        refresh_token: gives the next tokens, once; None where none was asked for.
        id_token: says who signed in; None likewise.
    """

    access: IssuedToken
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)


async def redeem_code(
    ports: SignInPorts,
    code: str,
    *,
    client_id: str,
    redirect_uri: str,
    verifier: str,
) -> IssuedTokens:
    """Return the tokens for an authorization code, to the client, address and verifier that it is bound to.

    Raises `INVALID_INPUT` naming `code` for one that is not good. A code that comes a second time revokes the sign-in,
    and with it every token that was given for it.
    """
    secret, found = await _taken(ports, code, SecretPurpose.CODE, client_id=client_id)
    if secret.redirect_uri != redirect_uri:
        raise invalid_input("The code was sent to another redirect_uri.", field=_CODE)
    if not is_verifier_of(verifier, secret.challenge):
        raise invalid_input("The code_verifier does not fit the code_challenge.", field=_CODE)
    refresh_token = await _next_refresh_token(ports, found, rotation=0) if found.has_refresh else None
    id_token = ports.issuer.issue_id_token(found, nonce=secret.nonce) if secret.wants_identity else None
    access = _access(ports, found, wants_identity=secret.wants_identity)
    return IssuedTokens(access=access, refresh_token=refresh_token, id_token=id_token)


async def redeem_refresh_token(ports: SignInPorts, token: str, *, client_id: str, scope: str = "") -> IssuedTokens:
    """Return the next tokens for a refresh token, among them its successor; `scope` may ask for less than there was.

    What is asked for beyond the sign-in is not given. Raises `INVALID_INPUT` naming `refresh_token` for one that is
    not good, and `scope` where nothing would be left. One that comes a second time was stolen from somebody: it
    revokes the sign-in.
    """
    asked = asked_grants(set(scope.split()) - {OPENID, OFFLINE_ACCESS})
    secret, found = await _taken(ports, token, SecretPurpose.REFRESH, client_id=client_id)
    if secret.rotation >= MOST_ROTATIONS:
        raise invalid_input("The sign-in was refreshed too often; sign in again.", field=_REFRESH)
    refresh_token = await _next_refresh_token(ports, found, rotation=secret.rotation + 1)
    narrowed = found
    if asked:
        narrowed = dataclasses.replace(found, grants=asked & found.grants)
        if not narrowed.grants:
            raise invalid_input("The sign-in allows nothing of this scope.", field="scope")
    return IssuedTokens(access=_access(ports, narrowed, wants_identity=False), refresh_token=refresh_token)


async def _taken(
    ports: SignInPorts, text: str, purpose: SecretPurpose, *, client_id: str
) -> tuple[OneTimeSecret, SignIn]:
    """Take a secret, and return it with its sign-in when both are good for this client."""
    name = _CODE if purpose is SecretPurpose.CODE else _REFRESH
    now = ports.clock.now()
    taken = await ports.store.take(digest_of(text), purpose) if len(text) <= MOST_CHARACTERS else None
    if taken is None:
        raise invalid_input(f"The {name} is not known, or has expired.", field=name)
    if not taken.is_first:
        await ports.store.revoke(taken.secret.sign_in_id, now)
        raise invalid_input(f"The {name} was used before, so that its sign-in is revoked.", field=name)
    found = await ports.store.find(taken.secret.sign_in_id)
    if taken.secret.expires_at <= now or found is None or found.oauth_client != client_id:
        raise invalid_input(f"The {name} is not known, or has expired.", field=name)
    try:
        require_standing(found, now=now)
        if is_client_id(found.caller):
            require_client(await ports.clients.find(ClientId(found.caller)), now=now)
    except TextNLPError as error:
        if error.kind is not ErrorKind.UNAUTHENTICATED:
            raise
        raise invalid_input(error.message, field=name) from error
    return taken.secret, found


async def _next_refresh_token(ports: SignInPorts, found: SignIn, *, rotation: int) -> str:
    token = generate_secret()
    await ports.store.keep(
        OneTimeSecret(
            digest=digest_of(token),
            purpose=SecretPurpose.REFRESH,
            sign_in_id=found.id,
            expires_at=found.expires_at,
            rotation=rotation,
        )
    )
    return token


def _access(ports: SignInPorts, found: SignIn, *, wants_identity: bool) -> IssuedToken:
    """Return the access token; its scope names what else was given, as OpenID Connect has it."""
    issued = ports.issuer.issue(found.principal)
    extra = [*([OPENID] if wants_identity else []), *([OFFLINE_ACCESS] if found.has_refresh else [])]
    return dataclasses.replace(issued, scope=" ".join([*issued.scope.split(), *extra]))
