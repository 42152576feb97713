"""Remove answers that are no longer given again, and sessions that have ended."""

from textnlp.application.remove_calls import remove_old_calls
from textnlp.ports.call_cache import CallCache
from textnlp.ports.clock import Clock
from textnlp.ports.idempotency_store import IdempotencyStore
from textnlp.ports.session_store import SessionStore


async def remove_expired(
    idempotency: IdempotencyStore, cache: CallCache, sessions: SessionStore, *, clock: Clock
) -> int:
    """Remove answers to repeated calls, and of models, whose time is over, and sessions; return how many that were.

    Raises `UNAVAILABLE` where a store is away.
    """
    removed = await idempotency.expire(clock.now()) + await sessions.expire(clock.now())
    return removed + await remove_old_calls(cache, clock=clock)
