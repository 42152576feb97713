"""Revoke a token, and everything that was given for the same sign-in (RFC 7009)."""

from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.one_time_secret import SecretPurpose, digest_of
from textnlp.ports.authenticator import Authenticator

_DOTS_OF_A_TOKEN = 2


async def revoke_token(ports: SignInPorts, token: str, *, client_id: str, authenticator: Authenticator | None) -> None:
    """Revoke the sign-in that a refresh token or an access token was given for, to the program with `client_id`.

    A token that is not known, not valid or another program's counts as revoked. Raises `INVALID_INPUT` naming `token`
    for an access token that belongs to no sign-in: it ends by itself, or with its client.
    """
    sign_in_id = await _sign_in_of(ports, token, authenticator)
    found = None if sign_in_id is None else await ports.store.find(sign_in_id)
    if found is not None and found.oauth_client == client_id:
        await ports.store.revoke(found.id, ports.clock.now())


async def _sign_in_of(ports: SignInPorts, token: str, authenticator: Authenticator | None) -> SignInId | None:
    if token.count(".") != _DOTS_OF_A_TOKEN:
        taken = await ports.store.take(digest_of(token), SecretPurpose.REFRESH)
        return None if taken is None else taken.secret.sign_in_id
    try:
        principal = None if authenticator is None else await authenticator.authenticate(token)
    except TextNLPError as error:
        if error.kind is not ErrorKind.UNAUTHENTICATED:
            raise
        return None
    if principal is None or principal.sign_in_id is None:
        raise invalid_input("Only tokens of people who signed in can be revoked here.", field="token")
    return principal.sign_in_id
