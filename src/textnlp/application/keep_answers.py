"""Keep what calls were answered with, for whoever repeats them with the same key."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

from textnlp.application.group_calls import GroupedCalls
from textnlp.domain.errors import TextNLPError
from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim, KeyState
from textnlp.domain.idempotency.rules import key_id_of, key_in_use
from textnlp.domain.identifiers import new_claim_id
from textnlp.domain.identity.tenant import Owner
from textnlp.ports.clock import Clock
from textnlp.ports.idempotency_store import IdempotencyStore
from textnlp.topology.limits import LIMITS, Limits

_LOG = logging.getLogger(__name__)
_KEEP_WITHIN_SECONDS = 2.0


class AnswerKeeper:
    """Claims keys and keeps answers for all calls of a process, those of the same moment in one transaction.

    A claim is waited for, because no call is made before others can see that its key is taken. So is an answer, for
    whoever has been answered must be answered the same from then on, also by another process; but where the store is
    away or slow the caller gets the answer all the same, and the key stays taken until its claim expires.
    """

    def __init__(self, store: IdempotencyStore, *, clock: Clock, limits: Limits = LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._store = store
        self._claims = GroupedCalls(store.claim, clock=clock)
        self._answers = GroupedCalls(self._keep, clock=clock)
        self._releases = GroupedCalls(self._release, clock=clock)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def claim(self, owner: Owner, *, route: str, key: str) -> KeyClaim | KeptAnswer:
        """Return the right to answer for a key, or the answer that it has.

        Raises `IDEMPOTENCY_KEY_IN_USE` while an earlier call with it runs, and `UNAVAILABLE`.
        """
        now = self._clock.now()
        claim = KeyClaim(
            key_id=key_id_of(tenant=owner.tenant, caller=owner.caller, route=route, key=key),
            tenant=owner.tenant,
            id=new_claim_id(now),
            claimed_at=now,
            expires_at=now + timedelta(seconds=self._limits.idempotency_lease_seconds),
        )
        claiming = self._started(self._claims.submit(claim))
        try:
            found = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            claiming.add_done_callback(lambda _: self.release(claim))
            raise
        if found is KeyState.CLAIMED:
            return claim
        if found is KeyState.IN_USE:
            raise key_in_use()
        return found

    async def keep(
        self,
        claim: KeyClaim,
        *,
        fingerprint: bytes,
        status: int,
        headers: tuple[tuple[str, str], ...],
        body: bytes | None,
    ) -> None:
        """Keep the answer to the call that made `claim`, for as long as the topology says; raises nothing."""
        answer = KeptAnswer(
            fingerprint=fingerprint,
            status=status,
            headers=headers,
            body=body,
            expires_at=self._clock.now() + timedelta(seconds=self._limits.idempotency_seconds),
        )
        keeping = self._started(self._answers.submit((claim, answer)))
        done, _ = await asyncio.wait({keeping}, timeout=_KEEP_WITHIN_SECONDS)
        if not done:
            _LOG.warning("The database is slow: an answer goes out before it is kept for its idempotency key.")

    def release(self, claim: KeyClaim) -> None:
        """Free the key of a call that has no answer to keep; it waits for nothing."""
        self._started(self._releases.submit(claim))

    async def aclose(self, *, give_up_seconds: float = 10.0) -> None:
        """Return when all that was handed over is stored, or `give_up_seconds` have passed."""
        ending = self._clock.monotonic() + give_up_seconds
        while self._tasks and (left := ending - self._clock.monotonic()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)
        for task in set(self._tasks):
            task.cancel()

    async def _keep(self, answers: Sequence[tuple[KeyClaim, KeptAnswer]]) -> Sequence[None]:
        await self._store.keep(answers)
        return [None] * len(answers)

    async def _release(self, claims: Sequence[KeyClaim]) -> Sequence[None]:
        await self._store.release(claims)
        return [None] * len(claims)

    def _started(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            told = error.message if isinstance(error, TextNLPError) else repr(error)
            _LOG.warning("An idempotency key could not be stored: %s", told)
