"""Tokens of the platform's own issuer, whose client and sign-in still stand."""

import dataclasses

from textnlp.adapters.identity.lately_found import LatelyFound
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.domain.identifiers import ClientId, is_client_id
from textnlp.domain.identity.client import require_client
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.sign_in import require_standing
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.clock import Clock
from textnlp.ports.sign_in_store import SignInStore


class StandingAuthenticator:
    """Satisfies the `Authenticator` port for tokens that the platform gave to registered clients or for sign-ins.

    A token says what held when it was signed. Whether its client and its sign-in were revoked since, and which limits
    the client has at present, is looked up at most once in `REVOKED_WITHIN_SECONDS` for each of them.
    """

    def __init__(
        self,
        tokens: TokenAuthenticator,
        *,
        clients: ClientRegistry,
        sign_ins: SignInStore,
        clock: Clock,
    ) -> None:
        self._tokens = tokens
        self._clients = LatelyFound(clients.find, clock=clock)
        self._sign_ins = LatelyFound(sign_ins.find, clock=clock)
        self._clock = clock

    @property
    def issuer(self) -> str:
        """Whose tokens are accepted, as it stands in `iss`."""
        return self._tokens.issuer

    async def authenticate(self, credential: str) -> Principal:
        """Return the caller that a token names."""
        principal = await self._tokens.authenticate(credential)
        if principal.sign_in_id is not None:
            require_standing(await self._sign_ins.find(principal.sign_in_id), now=self._clock.now())
        if not is_client_id(principal.caller):
            return principal
        client = require_client(await self._clients.find(ClientId(principal.caller)), now=self._clock.now())
        return dataclasses.replace(principal, call_limits=client.call_limits)

    async def aclose(self) -> None:
        """Give up fetching keys."""
        await self._tokens.aclose()
