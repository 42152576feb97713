import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.doubles.access_tokens import IDENTITY, HandedTokens
from tests.doubles.certificates import write_certificates
from tests.doubles.clock import ManualClock
from tests.doubles.tls_front import running_tls_front
from textnlp.adapters.limits.redis import RedisCallLimiter, connect
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import REDIS
from textnlp.topology.limits import CALL_LIMITS


@dataclass(slots=True)
class Served:
    """A Redis behind TLS that lets the identity in with its newest token alone."""

    url: str
    admin: Redis
    tokens: HandedTokens
    clock: ManualClock
    authority: Path

    async def take_only_the_newest_token(self) -> None:
        token = await self.tokens.token(REDIS)
        rule = ("on", "resetpass", f">{token.value}", "~*", "+@all")
        await self.admin.execute_command("ACL", "SETUSER", IDENTITY, *rule)  # pyright: ignore[reportUnknownMemberType]

    async def cut(self) -> None:
        """Close the connections of the identity, as the service does when their token ends."""
        await self.admin.execute_command("CLIENT", "KILL", "USER", IDENTITY)  # pyright: ignore[reportUnknownMemberType]

    async def sign_ins(self) -> int:
        """How often somebody was let in or turned away by AUTH or HELLO."""
        figures = await self.admin.info("commandstats")  # pyright: ignore[reportUnknownMemberType]
        return sum(figures.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("auth", "hello"))

    async def connections(self) -> set[str]:
        found = await self.admin.client_list()  # pyright: ignore[reportUnknownMemberType]
        return {each["id"] for each in found if each["user"] == IDENTITY}

    def limiter(self, **query: str) -> RedisCallLimiter:
        url = "&".join([self.url, *(f"{name}={value}" for name, value in query.items())])
        return RedisCallLimiter(connect(url, tokens=self.tokens, clock=self.clock))


@pytest.fixture
async def served(redis_url: str, tmp_path: Path) -> AsyncGenerator[Served]:
    certificates = write_certificates(tmp_path)
    clock = ManualClock()
    async with (
        running_tls_front(certificates, Path(redis_url.removeprefix("unix://"))) as port,
        contextlib.aclosing(connect(redis_url)) as admin,
    ):
        await admin.execute_command("ACL", "SETUSER", IDENTITY, "reset")  # pyright: ignore[reportUnknownMemberType]
        url = f"rediss://localhost:{port}?ssl_ca_certs={certificates.authority}"
        yield Served(url=url, admin=admin, tokens=HandedTokens(clock), clock=clock, authority=certificates.authority)
        await admin.execute_command("ACL", "DELUSER", IDENTITY)  # pyright: ignore[reportUnknownMemberType]


async def test_calls_are_counted_as_the_identity_that_the_token_names(served: Served) -> None:
    await served.take_only_the_newest_token()
    async with contextlib.aclosing(served.limiter()) as limiter:
        await limiter.check()
        assert (await limiter.take("entra-a", CALL_LIMITS)).remaining == 999
        assert len(await served.connections()) == 1


async def test_a_connection_is_signed_in_again_before_its_token_ends_and_stays_the_same(served: Served) -> None:
    await served.take_only_the_newest_token()
    async with contextlib.aclosing(served.limiter()) as limiter:
        await limiter.check()
        connections, sign_ins = await served.connections(), await served.sign_ins()
        await served.clock.advance(timedelta(minutes=56).total_seconds())
        await limiter.check()
        assert await served.sign_ins() == sign_ins, "more than three minutes are left"

        await served.clock.advance(timedelta(minutes=2).total_seconds())
        served.tokens.renew()
        await served.take_only_the_newest_token()
        for _ in range(3):
            await limiter.check()

        assert await served.sign_ins() == sign_ins + 1
        assert await served.connections() == connections


async def test_an_idle_connection_that_the_server_cut_at_the_end_of_its_token_is_made_anew(served: Served) -> None:
    await served.take_only_the_newest_token()
    async with contextlib.aclosing(served.limiter()) as limiter:
        await limiter.check()
        connections = await served.connections()
        await served.clock.advance(timedelta(hours=2).total_seconds())
        served.tokens.renew()
        await served.take_only_the_newest_token()
        await served.cut()

        assert (await limiter.take("entra-b", CALL_LIMITS)).remaining == 999
        assert await served.connections() != connections


async def test_a_connection_that_cannot_be_signed_in_again_is_made_anew(served: Served) -> None:
    await served.take_only_the_newest_token()
    async with contextlib.aclosing(served.limiter()) as limiter:
        await limiter.check()
        await served.clock.advance(timedelta(minutes=58).total_seconds())
        served.tokens.renew()
        with pytest.raises(TextNLPError) as caught:
            await limiter.check()
        assert caught.value.kind is ErrorKind.UNAVAILABLE
        assert (await served.tokens.token(REDIS)).value not in caught.value.full_text

        await served.take_only_the_newest_token()
        await limiter.check()


async def test_a_process_without_an_identity_is_told_so_as_an_outage_that_limits_get_over(served: Served) -> None:
    served.tokens.failure = TextNLPError("This process cannot sign in to Azure.", kind=ErrorKind.UNAUTHENTICATED)
    async with contextlib.aclosing(served.limiter()) as limiter:
        with pytest.raises(TextNLPError) as caught:
            await limiter.take("entra-c", CALL_LIMITS)

    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "cannot sign in to Azure" in caught.value.full_text


async def test_the_token_is_not_shown_to_a_server_that_nobody_vouches_for(served: Served, tmp_path: Path) -> None:
    await served.take_only_the_newest_token()
    (tmp_path / "others").mkdir()
    others = write_certificates(tmp_path / "others").authority
    url = served.url.replace(str(served.authority), str(others))
    before = await served.sign_ins()
    async with contextlib.aclosing(RedisCallLimiter(connect(url, tokens=served.tokens, clock=served.clock))) as limiter:
        with pytest.raises(TextNLPError) as caught:
            await limiter.check()

    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert await served.sign_ins() == before


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://cache.example:10000", "begins with rediss://"),
        ("rediss://me:secret-word@cache.example:10000", "has no user"),
        ("rediss://cache.example:10000?ssl_cert_reqs=none", "always verified"),
        ("rediss://cache.example:10000?ssl_check_hostname=no", "always verified"),
    ],
)
def test_an_address_that_is_not_for_tokens_is_refused(url: str, told: str) -> None:
    clock = ManualClock()

    with pytest.raises(TextNLPError) as caught:
        connect(url, tokens=HandedTokens(clock), clock=clock)

    assert told in caught.value.full_text
    assert "secret-word" not in caught.value.full_text
