"""Keep people signed in to the console: open a session, use it, renew its tokens in time, and end it."""

import asyncio
import dataclasses
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from textnlp.application.session_ports import SessionPorts
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import SessionId, new_session_id
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.session import (
    HANDOVER_SECONDS,
    RENEWAL_SECONDS,
    GrantedTokens,
    SessionContent,
    StoredSession,
    generate_session_secret,
    is_over,
    is_session_secret,
    is_touch_due,
    open_content,
    open_successor,
    renewal_time,
    seal_content,
    seal_successor,
    session_digest,
    session_end,
    session_over,
)
from textnlp.ports.sign_in_issuer import SignInIssuer

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 10.0
_REFUSED = frozenset({ErrorKind.INVALID_INPUT, ErrorKind.UNAUTHENTICATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session whose secret was brought.

    Attributes:
        secret: what the browser's cookie is to hold; another than was brought where the session was renewed.
        content: the tokens, to be used for this request alone.
    """

    secret: str = field(repr=False)
    stored: StoredSession
    content: SessionContent


class SessionKeeper:
    """Opens, uses, renews and ends sessions; any number of processes may do so on one store."""

    def __init__(self, ports: SessionPorts) -> None:
        self._ports = ports
        self._renewals: set[asyncio.Task[OpenSession]] = set()

    @property
    def issuers(self) -> Mapping[str, SignInIssuer]:
        """Who signs people in, by the name under which sessions remember them."""
        return self._ports.issuers

    async def open(self, tokens: GrantedTokens, *, issuer: str) -> OpenSession:
        """Begin a session for tokens that an issuer gave.

        Raises `UNAUTHENTICATED` for an access token that the API would not take either.
        """
        principal = await self._ports.authenticator.authenticate(tokens.access_token)
        now = self._ports.clock.now()
        content = SessionContent(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            issuer=issuer,
            form_secret=generate_session_secret(),
        )
        begun = _session(content, tokens, principal, session_id=new_session_id(now), begun_at=now, now=now)
        await self._ports.store.keep(begun.stored)
        return begun

    async def use(self, secret: str) -> OpenSession:
        """Return the session that a cookie stands for, with tokens that are good for some time yet.

        They are renewed where they soon end, and then `secret` is another. Of requests that come at once one does so;
        the others take what they have while it is good, and else wait. Raises `UNAUTHENTICATED` for a session that has
        ended or never was, `UNAVAILABLE` where its issuer or the store is away.
        """
        found = await self._find(secret)
        now = self._ports.clock.now()
        if found.stored.renew_at <= now and found.content.refresh_token is not None:
            return await self._renewed(found, now)
        if is_touch_due(found.stored, now=now):
            await self._ports.store.touch(found.stored.digest, now)
        return found

    async def end(self, session: OpenSession) -> None:
        """End a session here and at its issuer; an issuer that is away does not keep it from ending here."""
        await self._ports.store.end(session.stored.id)
        await self._revoke(session.content)

    async def _revoke(self, content: SessionContent) -> None:
        issuer = self._ports.issuers.get(content.issuer)
        if issuer is None:
            return
        try:
            await issuer.revoke(content.refresh_token or content.access_token)
        except TextNLPError as error:
            _LOG.warning("A sign-in could not be revoked at %s: %s", content.issuer, error.message)

    async def _find(self, secret: str) -> OpenSession:
        """Return a session, or the one that took its place."""
        found = await self._opened(secret)
        if found.stored.successor is None:
            return found
        return await self._opened(open_successor(found.stored.successor, secret))

    async def _opened(self, secret: str) -> OpenSession:
        if not is_session_secret(secret):
            raise session_over()
        stored = await self._ports.store.find(session_digest(secret))
        if stored is None or is_over(stored, now=self._ports.clock.now()):
            raise session_over()
        return OpenSession(secret=secret, stored=stored, content=open_content(stored.sealed, secret))

    async def _renewed(self, found: OpenSession, now: datetime) -> OpenSession:
        until = now + timedelta(seconds=RENEWAL_SECONDS)
        if not await self._ports.store.begin_renewal(found.stored.digest, now=now, until=until):
            return found if found.stored.token_ends_at > now else await self._awaited(found)
        # A browser that hangs up must not cut it short: the refresh token is used up by then, and nobody has the next.
        task = asyncio.create_task(self._renew(found), name="session renewal")
        self._renewals.add(task)
        task.add_done_callback(self._renewals.discard)
        return await asyncio.shield(task)

    async def _renew(self, found: OpenSession) -> OpenSession:
        try:
            tokens, principal = await self._next_tokens(found)
        except TextNLPError as error:
            if error.kind in _REFUSED:
                await self._ports.store.end(found.stored.id)
                raise session_over() from error
            if found.stored.token_ends_at > self._ports.clock.now():
                return found
            raise
        now = self._ports.clock.now()
        content = dataclasses.replace(
            found.content,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or found.content.refresh_token,
        )
        stored = found.stored
        fresh = _session(content, tokens, principal, session_id=stored.id, begun_at=stored.created_at, now=now)
        is_kept = await self._ports.store.replace(
            stored.digest,
            fresh.stored,
            successor=seal_successor(fresh.secret, found.secret),
            expires_at=now + timedelta(seconds=HANDOVER_SECONDS),
        )
        if not is_kept:
            await self._revoke(content)
            raise session_over()
        return fresh

    async def _next_tokens(self, found: OpenSession) -> tuple[GrantedTokens, Principal]:
        issuer = self._ports.issuers.get(found.content.issuer)
        if issuer is None or found.content.refresh_token is None:
            raise session_over()
        tokens = await issuer.renew(found.content.refresh_token)
        principal = await self._ports.authenticator.authenticate(tokens.access_token)
        if (principal.subject, principal.tenant) != (found.stored.subject, found.stored.tenant):
            raise session_over()
        return tokens, principal

    async def _awaited(self, found: OpenSession) -> OpenSession:
        """Return what another request makes of a session whose access token is over."""
        deadline = self._ports.clock.monotonic() + _PATIENCE_SECONDS
        while self._ports.clock.monotonic() < deadline:
            latest = await self._find(found.secret)
            if latest.stored.digest != found.stored.digest:
                return latest
            await self._ports.clock.sleep(_POLL_SECONDS)
        raise TextNLPError(
            "The sign-in is being renewed, and its issuer does not answer.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Try again in a moment.", retry_after_seconds=RENEWAL_SECONDS),
        )


def _session(
    content: SessionContent,
    tokens: GrantedTokens,
    principal: Principal,
    *,
    session_id: SessionId,
    begun_at: datetime,
    now: datetime,
) -> OpenSession:
    secret = generate_session_secret()
    token_ends_at = now + timedelta(seconds=tokens.expires_in_seconds)
    has_refresh = content.refresh_token is not None
    stored = StoredSession(
        digest=session_digest(secret),
        id=session_id,
        sealed=seal_content(content, secret),
        subject=principal.subject,
        tenant=principal.tenant,
        token_ends_at=token_ends_at,
        renew_at=renewal_time(now, expires_in_seconds=tokens.expires_in_seconds),
        created_at=begun_at,
        used_at=now,
        expires_at=session_end(begun_at, token_ends_at=token_ends_at, has_refresh=has_refresh),
    )
    return OpenSession(secret=secret, stored=stored, content=content)
