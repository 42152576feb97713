import asyncio
import logging
from collections.abc import Sequence

import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.database.memory_idempotency_store import MemoryIdempotencyStore
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim, KeyState
from textnlp.domain.identity.tenant import Owner

ANN = Owner(tenant="home", caller="ann")


class SlowStore(MemoryIdempotencyStore):
    """Takes its time, and may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False

    async def claim(self, claims: Sequence[KeyClaim]) -> list[KeptAnswer | KeyState]:
        await asyncio.sleep(0.02)
        self._require_there()
        return await super().claim(claims)

    async def keep(self, answers: Sequence[tuple[KeyClaim, KeptAnswer]]) -> None:
        self._require_there()
        await super().keep(answers)

    def _require_there(self) -> None:
        if self.is_away:
            raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)


async def claimed(keeper: AnswerKeeper, *, owner: Owner = ANN, route: str = "POST /a") -> KeyClaim:
    found = await keeper.claim(owner, route=route, key="k")
    assert isinstance(found, KeyClaim)
    return found


async def keep(keeper: AnswerKeeper, claim: KeyClaim) -> None:
    await keeper.keep(claim, fingerprint=b"f", status=200, headers=(), body=b"body")


async def test_a_key_that_is_answered_has_its_answer_from_then_on() -> None:
    keeper = AnswerKeeper(MemoryIdempotencyStore(), clock=CLOCK)
    await keep(keeper, await claimed(keeper))
    found = await keeper.claim(ANN, route="POST /a", key="k")
    assert isinstance(found, KeptAnswer)
    assert (found.body, found.status) == (b"body", 200)
    assert 86_390 < (found.expires_at - CLOCK.now()).total_seconds() <= 86_400


async def test_callers_and_routes_have_keys_of_their_own() -> None:
    keeper = AnswerKeeper(MemoryIdempotencyStore(), clock=CLOCK)
    for owner in (ANN, Owner(tenant="home", caller="bob"), Owner(tenant="away", caller="ann")):
        for route in ("POST /a", "POST /b"):
            await claimed(keeper, owner=owner, route=route)


async def test_of_calls_that_come_together_one_has_the_key_and_the_others_wait() -> None:
    keeper = AnswerKeeper(SlowStore(), clock=CLOCK)
    found = await asyncio.gather(*(keeper.claim(ANN, route="r", key="k") for _ in range(9)), return_exceptions=True)
    refusals = [each for each in found if isinstance(each, TextNLPError)]
    assert len(refusals) == 8
    assert {error.kind for error in refusals} == {ErrorKind.IDEMPOTENCY_KEY_IN_USE}
    assert all(error.facts.retry_after_seconds for error in refusals)


async def test_a_caller_who_leaves_while_the_key_is_claimed_leaves_it_free() -> None:
    keeper = AnswerKeeper(SlowStore(), clock=CLOCK)
    leaving = asyncio.create_task(keeper.claim(ANN, route="POST /a", key="k"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.wait([leaving])
    await keeper.aclose()
    await claimed(keeper)


async def test_a_released_key_is_free() -> None:
    keeper = AnswerKeeper(MemoryIdempotencyStore(), clock=CLOCK)
    keeper.release(await claimed(keeper))
    await keeper.aclose()
    await claimed(keeper)


async def test_an_answer_goes_out_even_where_it_cannot_be_kept(caplog: pytest.LogCaptureFixture) -> None:
    store = SlowStore()
    keeper = AnswerKeeper(store, clock=CLOCK)
    claim = await claimed(keeper)
    store.is_away = True
    with caplog.at_level(logging.WARNING):
        await keep(keeper, claim)
    assert "The database is away." in caplog.text
    with pytest.raises(TextNLPError) as caught:
        await claimed(keeper)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
