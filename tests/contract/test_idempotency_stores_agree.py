"""Whatever is done to it, the store in PostgreSQL says what the one in memory says, and a key has one owner."""

import asyncio
from datetime import timedelta
from typing import ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.contract.idempotency_cases import LEASE, NOON, answer, claim
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.idempotency_store import PostgresIdempotencyStore
from textnlp.adapters.database.memory_idempotency_store import MemoryIdempotencyStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.idempotency.model import KeyClaim, KeyState

_KEYS = st.sampled_from(["one", "two", "three"])
_TENANTS = st.sampled_from(["a", "b"])
_PLACES = st.integers(0, 9)


class StoresAgree(RuleBasedStateMachine):
    """Does the same to both stores while time goes on."""

    url: ClassVar[str]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        with psycopg.connect(self.url) as connection:
            connection.execute("truncate textnlp.idempotency_keys")
        self._database = PostgresDatabase(self.url, clock=SystemClock(), max_connections=1)
        self._stored = PostgresIdempotencyStore(self._database)
        self._memory = MemoryIdempotencyStore()
        self._now = NOON
        self._claims: list[KeyClaim] = []

    @rule(keys=st.lists(st.tuples(_KEYS, _TENANTS), min_size=1, max_size=4))
    def claim(self, keys: list[tuple[str, str]]) -> None:
        claims = [claim(key, tenant=tenant, at=self._now) for key, tenant in keys]
        found = self.runner.run(self._memory.claim(claims))
        assert self.runner.run(self._stored.claim(claims)) == found
        won = [each for each, state in zip(claims, found, strict=True) if state is KeyState.CLAIMED]
        assert len({each.key_id for each in won}) == len(won)
        self._claims += won

    @rule(place=_PLACES, body=st.one_of(st.none(), st.binary(max_size=5)))
    def keep(self, place: int, body: bytes | None) -> None:
        if self._claims:
            each = self._claims[place % len(self._claims)]
            given = [(each, answer(body, at=self._now))]
            self.runner.run(self._memory.keep(given))
            self.runner.run(self._stored.keep(given))

    @rule(place=_PLACES)
    def release(self, place: int) -> None:
        if self._claims:
            each = [self._claims[place % len(self._claims)]]
            self.runner.run(self._memory.release(each))
            self.runner.run(self._stored.release(each))

    @rule(step=st.sampled_from([LEASE, LEASE / 2, timedelta(hours=12)]))
    def wait(self, step: timedelta) -> None:
        self._now += step

    @rule()
    def expire(self) -> None:
        removed = self.runner.run(self._memory.expire(self._now))
        assert self.runner.run(self._stored.expire(self._now)) == removed

    def teardown(self) -> None:
        self.runner.run(self._database.aclose())


@pytest.mark.postgres
def test_the_stores_agree(database_url: str) -> None:
    with asyncio.Runner() as runner:
        StoresAgree.url, StoresAgree.runner = database_url, runner
        run_state_machine_as_test(
            StoresAgree,
            settings=settings(
                max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
            ),
        )
