"""Give a client a token for its secret: the client-credentials grant (RFC 6749, section 4.4)."""

import dataclasses

from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.api_key import parse_key
from textnlp.domain.identity.client import open_client
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal, grants_of
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.clock import Clock
from textnlp.ports.token_issuer import TokenIssuer
from textnlp.topology.catalog import TOPOLOGY

_EVERYTHING = frozenset({"", ".default"})


async def prove_client(
    registry: ClientRegistry,
    *,
    client_id: str,
    client_secret: str,
    clock: Clock,
) -> Principal:
    """Return the client whose API key is the secret; raise `UNAUTHENTICATED` for a wrong id or secret."""
    key = parse_key(client_secret)
    found = await registry.find_by_prefix(key.prefix)
    principal = open_client(found, key, now=clock.now())
    if principal.subject != client_id:
        raise unauthenticated("The secret is not that of this client.", hint="Send the id that belongs to the key.")
    return principal


def issue_token(issuer: TokenIssuer, principal: Principal, *, scope: str) -> IssuedToken:
    """Return a token for a client that has proved who it is.

    `scope` names permissions, or is empty or `api://textnlp/.default` for all that the client has. Raises
    `INVALID_INPUT` for a scope that the client does not have.
    """
    asked = {each.removeprefix(f"{TOPOLOGY.application.audience}/") for each in scope.split()} - _EVERYTHING
    if asked:
        grants = grants_of(asked)
        if not grants <= principal.grants:
            raise invalid_input("The client may not have this scope.", field="scope")
        principal = dataclasses.replace(principal, grants=grants)
    return issuer.issue(principal)
