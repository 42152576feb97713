import asyncio
import dataclasses
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.sign_in_issuer import ScriptedIssuer
from textnlp.adapters.database.memory_session_store import MemorySessionStore
from textnlp.application.keep_sessions import OpenSession, SessionKeeper
from textnlp.application.session_ports import SessionPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.domain.identity.session import RENEWAL_SECONDS

NEARLY_AN_HOUR = 3400
TOO_LATE = 3600


class Subjects:
    """Believes that a token belongs to whom it begins with."""

    async def authenticate(self, credential: str) -> Principal:
        subject = credential.partition(".")[0]
        if subject == "nobody":
            raise unauthenticated("Nobody.")
        return Principal(subject=subject, tenant="contoso", caller=subject, grants=frozenset())


class Desk:
    """A keeper and all that it stands on."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.issuer = ScriptedIssuer()
        self.store = MemorySessionStore()
        self.keeper = self.another()

    def another(self) -> SessionKeeper:
        """Return the keeper of another process."""
        ports = SessionPorts(
            store=self.store, issuers={"scripted": self.issuer}, authenticator=Subjects(), clock=self.clock
        )
        return SessionKeeper(ports)

    async def opened(self) -> OpenSession:
        return await self.keeper.open(self.issuer.tokens(0), issuer="scripted")


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def refused(desk: Desk, secret: str) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await desk.keeper.use(secret)
    return caught.value.kind


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_session_is_used_with_the_tokens_that_it_was_opened_with(desk: Desk) -> None:
    begun = await desk.opened()
    assert await desk.keeper.use(begun.secret) == begun
    assert (begun.stored.subject, begun.stored.tenant) == ("ada", "contoso")
    assert desk.issuer.renewals == []


async def test_no_session_is_opened_for_a_token_that_the_api_would_not_take(desk: Desk) -> None:
    desk.issuer.subject = "nobody"
    with pytest.raises(TextNLPError):
        await desk.opened()
    assert await desk.store.expire(desk.clock.now() + timedelta(days=9)) == 0


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "x" * 10_000, "\ud800" * 43])
async def test_what_is_no_session_opens_nothing(desk: Desk, secret: str) -> None:
    assert await refused(desk, secret) is ErrorKind.UNAUTHENTICATED


async def test_tokens_are_renewed_before_they_end_under_another_secret(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    fresh = await desk.keeper.use(begun.secret)
    assert desk.issuer.renewals == ["refresh-0"]
    assert fresh.secret != begun.secret
    assert (fresh.content.access_token, fresh.content.refresh_token) == ("ada.1", "refresh-1")
    assert fresh.content.form_secret == begun.content.form_secret
    assert (fresh.stored.id, fresh.stored.created_at) == (begun.stored.id, begun.stored.created_at)
    assert fresh.stored.expires_at == begun.stored.expires_at


async def test_an_issuer_that_keeps_the_refresh_token_is_asked_with_it_again(desk: Desk) -> None:
    begun = await desk.opened()
    desk.issuer.keeps_refresh = True
    await desk.clock.advance(NEARLY_AN_HOUR)
    assert (await desk.keeper.use(begun.secret)).content.refresh_token == "refresh-0"  # noqa: S105  a marker


async def test_of_requests_in_two_processes_one_renews_and_the_others_go_on_with_what_they_have(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.gate.clear()
    keepers = [desk.keeper, desk.another()]
    uses = [asyncio.create_task(keepers[number % 2].use(begun.secret)) for number in range(6)]
    await settled()
    waiting = [each for each in uses if not each.done()]
    assert len(waiting) == 1
    assert {each.result() for each in uses if each.done()} == {begun}
    desk.issuer.gate.set()
    fresh = await waiting[0]
    assert await keepers[1].use(begun.secret) == fresh
    assert desk.issuer.renewals == ["refresh-0"]


async def test_where_the_token_is_over_the_others_wait_for_the_one_that_renews(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(TOO_LATE - 30)
    await desk.store.touch(begun.stored.digest, desk.clock.now())
    await desk.clock.advance(30)
    desk.issuer.gate.clear()
    uses = [asyncio.create_task(desk.keeper.use(begun.secret)) for _ in range(4)]
    await settled()
    assert not any(each.done() for each in uses)
    desk.issuer.gate.set()
    await desk.clock.advance(1)
    assert len({each.secret for each in await asyncio.gather(*uses)}) == 1
    assert desk.issuer.renewals == ["refresh-0"]


async def test_nobody_waits_without_end_for_an_issuer_that_hangs(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(TOO_LATE - 30)
    await desk.store.touch(begun.stored.digest, desk.clock.now())
    await desk.clock.advance(30)
    desk.issuer.gate.clear()
    first = asyncio.create_task(desk.keeper.use(begun.secret))
    await settled()
    second = asyncio.create_task(refused(desk, begun.secret))
    await desk.clock.advance(11)
    assert await second is ErrorKind.UNAVAILABLE
    desk.issuer.gate.set()
    await first


async def test_a_browser_that_hangs_up_does_not_cut_a_renewal_short(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.gate.clear()
    gone = asyncio.create_task(desk.keeper.use(begun.secret))
    await settled()
    gone.cancel()
    await settled()
    desk.issuer.gate.set()
    await settled()
    assert (await desk.keeper.use(begun.secret)).content.access_token == "ada.1"  # noqa: S105  a marker
    assert desk.issuer.renewals == ["refresh-0"]


async def test_a_refused_renewal_ends_the_session(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.failure = invalid_input("The refresh token is not known.")
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED
    desk.issuer.failure = None
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED
    assert desk.issuer.renewals == ["refresh-0"]


async def test_an_issuer_that_is_away_is_asked_again_while_the_token_is_good(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.failure = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
    assert await desk.keeper.use(begun.secret) == begun
    assert await desk.keeper.use(begun.secret) == begun
    assert desk.issuer.renewals == ["refresh-0"]
    await desk.clock.advance(RENEWAL_SECONDS)
    desk.issuer.failure = None
    assert (await desk.keeper.use(begun.secret)).secret != begun.secret


async def test_without_a_token_an_issuer_that_is_away_is_told_of_and_the_session_kept(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(TOO_LATE - 30)
    await desk.store.touch(begun.stored.digest, desk.clock.now())
    await desk.clock.advance(30)
    desk.issuer.failure = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
    assert await refused(desk, begun.secret) is ErrorKind.UNAVAILABLE
    assert await desk.store.find(begun.stored.digest) is not None


async def test_a_renewal_that_proves_somebody_else_ends_the_session(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.subject = "bea"
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED
    assert await desk.store.find(begun.stored.digest) is None


async def test_a_session_that_ends_while_it_is_renewed_stays_ended(desk: Desk) -> None:
    begun = await desk.opened()
    await desk.clock.advance(NEARLY_AN_HOUR)
    desk.issuer.gate.clear()
    renewing = asyncio.create_task(refused(desk, begun.secret))
    await settled()
    await desk.keeper.end(begun)
    desk.issuer.gate.set()
    assert await renewing is ErrorKind.UNAUTHENTICATED
    assert desk.issuer.revoked == ["refresh-0", "refresh-1"]
    assert await desk.store.expire(desk.clock.now() + timedelta(days=9)) == 0


async def test_without_a_refresh_token_a_session_ends_with_its_token(desk: Desk) -> None:
    tokens = dataclasses.replace(desk.issuer.tokens(0), refresh_token=None, expires_in_seconds=600)
    begun = await desk.keeper.open(tokens, issuer="scripted")
    await desk.clock.advance(599)
    assert (await desk.keeper.use(begun.secret)).secret == begun.secret
    await desk.clock.advance(1)
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED


async def test_use_is_noted_at_most_once_a_minute(desk: Desk) -> None:
    begun = await desk.opened()
    noted: set[object] = set()
    for _ in range(180):
        await desk.keeper.use(begun.secret)
        found = await desk.store.find(begun.stored.digest)
        assert found is not None
        noted.add(found.used_at)
        await desk.clock.advance(1)
    assert len(noted) == 3


async def test_an_issuer_that_is_away_does_not_keep_a_session_from_ending(desk: Desk) -> None:
    begun = await desk.opened()
    desk.issuer.failure = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
    await desk.keeper.end(begun)
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED
    assert desk.issuer.revoked == ["refresh-0"]


async def test_a_session_of_an_issuer_that_is_no_longer_asked_ends_with_its_token(desk: Desk) -> None:
    begun = await desk.keeper.open(desk.issuer.tokens(0), issuer="former")
    await desk.clock.advance(NEARLY_AN_HOUR)
    assert await refused(desk, begun.secret) is ErrorKind.UNAUTHENTICATED
