"""Counts in Redis, shared by every process of the API."""

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from textnlp.adapters.limits.entra_redis import signed_in_pool
from textnlp.adapters.limits.redis_group import ScriptGroup
from textnlp.adapters.limits.steady_time import SteadyTime
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.limits.charges import charges, counting_tokens
from textnlp.domain.limits.decision import MICROSECONDS, LimitDecision, Standing, decide
from textnlp.domain.limits.window import span_microseconds
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.clock import Clock
from textnlp.topology.limits import CallLimit

_HINT = (
    "Check that the server of REDIS_URL runs, can be reached from here, and takes the user and password in it, or the "
    "identity of this process where the settings say entra."
)
_URL_HINT = "Write REDIS_URL as redis://user:password@host:6379/0, with rediss:// for TLS."
_PREFIX = "textnlp:limits"
_CALLER_BYTES = 16


def connect(
    url: str,
    *,
    max_connections: int = 4,
    wait_seconds: float = 2.0,
    tokens: AccessTokens | None = None,
    clock: Clock | None = None,
) -> Redis:
    """Return a client that connects when it is used; with `tokens` and `clock` by tokens of Microsoft Entra ID.

    A call waits at most `wait_seconds` for a connection, and as long for an answer. One that finds its connection
    closed, as idle ones are by what stands between, is made once more on another. Raises `INVALID_INPUT` where `url`
    cannot be read, without repeating it.
    """
    options: dict[str, Any] = {
        "max_connections": max_connections,
        "timeout": wait_seconds,
        "socket_timeout": wait_seconds,
        "socket_connect_timeout": wait_seconds,
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    }
    try:
        if tokens is None or clock is None:
            pool = BlockingConnectionPool.from_url(url, **options)  # pyright: ignore[reportUnknownMemberType]  untyped
        else:
            pool = signed_in_pool(url, tokens=tokens, clock=clock, **options)
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError):
        # Without its cause, whose text may hold a part of the password.
        raise TextNLPError(
            "The address of Redis cannot be read.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=_URL_HINT),
        ) from None
    return Redis.from_pool(pool)


class RedisCallLimiter:
    """Satisfies `CallLimiter` for all processes that use the same Redis; owns `client`.

    Every call is one run of one script, which Redis runs while it does nothing else: that is what makes takes of
    several processes one after another. Calls that come together share a round trip. The time is the server's, so that
    clocks of processes do not matter; with a `clock` it is that one's time, which a test can move. Keys
    expire when nothing in them counts.

    All keys of a caller have the same hash tag, as a cluster asks of keys that one script uses; the caller is hashed in
    them, so that they are short and tell nobody's name.
    """

    def __init__(self, client: Redis, *, clock: Clock | None = None) -> None:
        self._client = client
        self._group = ScriptGroup(client)
        self._time = None if clock is None else SteadyTime(clock)

    async def take(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        calls: int = 1,
        tokens: int = 0,
    ) -> LimitDecision:
        """Charge a call to all limits where every one has room, and none of them otherwise."""
        charged = charges(limits, calls=calls, tokens=tokens)
        numbers = iter(await self._run("take", caller, charged))
        return decide([Standing(limit, *figures) for (limit, _), *figures in zip(charged, *[numbers] * 3, strict=True)])

    async def settle(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        tokens: int,
        taken_seconds_ago: float = 0.0,
    ) -> None:
        """Correct the tokens of a call that were taken on an estimate."""
        charged = [(limit, tokens) for limit in counting_tokens(limits)]
        if tokens and charged:
            await self._run("settle", caller, charged, taken_ago=round(taken_seconds_ago * MICROSECONDS))

    async def check(self) -> None:
        """Return when Redis takes a key, as a full or a read-only one does not; raise `UNAVAILABLE` otherwise."""
        try:
            await self._client.set(f"{_PREFIX}:check", "", px=1)
        except (RedisError, OSError) as exc:
            raise unavailable(exc) from exc

    async def aclose(self) -> None:
        """Close all connections; closing twice is harmless."""
        await self._group.aclose()
        await self._client.aclose()

    async def _run(
        self,
        action: str,
        caller: str,
        charged: Sequence[tuple[CallLimit, int]],
        *,
        taken_ago: int = 0,
    ) -> list[int]:
        keys = [_key(caller, limit) for limit, _ in charged]
        arguments: list[str | int] = [action, self._now(), taken_ago]
        for limit, units in charged:
            arguments += [limit.allowed, limit.renewal_seconds * MICROSECONDS, span_microseconds(limit), units]
        try:
            return await self._group.run(keys, arguments)
        except (RedisError, OSError) as exc:
            raise unavailable(exc) from exc

    def _now(self) -> str:
        return "" if self._time is None else str(self._time.now())


def unavailable(exc: Exception) -> TextNLPError:
    """Build the error for a Redis that cannot be reached or does not do what it is asked."""
    # A server that does not know a command repeats the arguments, and those of AUTH and HELLO are the password.
    said = " ".join(str(exc).split()).partition(", with args")[0].rstrip(".")
    return TextNLPError(
        f"The call counts in Redis cannot be used: {said}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint=_HINT),
    )


def _key(caller: str, limit: CallLimit) -> str:
    tag = hashlib.blake2b(caller.encode("utf-8", "surrogatepass"), digest_size=_CALLER_BYTES).hexdigest()
    return f"{_PREFIX}:{{{tag}}}:{limit.name}"
