import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.limit_guesses import GuessLimit
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.topology.limits import CallLimit
from textnlp.topology.scopes import READ

LIMIT = CallLimit(name="failed-sign-ins", counts="calls", allowed=3, renewal_seconds=60, counted_by="address")
SOMEBODY = Principal(subject="ada", tenant="local", caller="ada", grants=frozenset({READ}))


class Door:
    """Knows one credential, and counts what it looks at."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.guesses = GuessLimit(clock=self.clock, limit=LIMIT)
        self.looks = 0
        self.is_away = False

    async def authenticate(self, credential: str) -> Principal:
        self.looks += 1
        if self.is_away:
            raise TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
        if not credential.startswith("good"):
            raise unauthenticated("Nobody.")
        return SOMEBODY

    async def bring(self, credential: str, address: str = "192.0.2.1") -> TextNLPError | Principal:
        try:
            return await self.guesses.guard(address, credential, self.authenticate)
        except TextNLPError as error:
            return error


def kind_of(outcome: TextNLPError | Principal) -> ErrorKind:
    assert isinstance(outcome, TextNLPError)
    return outcome.kind


@pytest.fixture
def door() -> Door:
    return Door()


async def guess(door: Door, address: str = "192.0.2.1") -> None:
    for number in range(LIMIT.allowed):
        assert kind_of(await door.bring(f"bad{number}", address)) is ErrorKind.UNAUTHENTICATED


async def test_further_guesses_are_refused_without_a_look(door: Door) -> None:
    await guess(door)
    refused = await door.bring("good")
    assert isinstance(refused, TextNLPError)
    assert (refused.kind, refused.facts.limit_name) == (ErrorKind.RATE_LIMITED, "failed-sign-ins")
    assert 0 < (refused.facts.retry_after_seconds or 0) <= 62
    assert door.looks == LIMIT.allowed


async def test_who_proved_themselves_lately_is_let_in_all_the_same(door: Door) -> None:
    assert await door.bring("good") == SOMEBODY
    await guess(door)
    assert await door.bring("good") == SOMEBODY


async def test_a_program_with_an_old_key_keeps_no_others_out(door: Door) -> None:
    for _ in range(100):
        assert kind_of(await door.bring("bad")) is ErrorKind.UNAUTHENTICATED
    assert await door.bring("good") == SOMEBODY


async def test_other_addresses_are_not_kept_out(door: Door) -> None:
    await guess(door)
    assert await door.bring("good2", "192.0.2.2") == SOMEBODY


async def test_a_network_of_the_sixth_version_counts_as_one_address(door: Door) -> None:
    for number in range(LIMIT.allowed):
        await door.bring(f"bad{number}", f"2001:db8::{number}")
    assert kind_of(await door.bring("good", "2001:db8::ffff:1")) is ErrorKind.RATE_LIMITED
    assert await door.bring("good", "2001:db8:0:1::1") == SOMEBODY


async def test_after_a_minute_there_is_room_again(door: Door) -> None:
    await guess(door)
    await door.clock.advance(62)
    assert await door.bring("good") == SOMEBODY


async def test_only_what_proves_nothing_counts(door: Door) -> None:
    door.is_away = True
    for _ in range(10):
        assert kind_of(await door.bring("good")) is ErrorKind.UNAVAILABLE
    door.is_away = False
    assert await door.bring("good") == SOMEBODY


async def test_an_address_that_is_none_counts_as_its_text(door: Door) -> None:
    await guess(door, "")
    assert kind_of(await door.bring("good", "")) is ErrorKind.RATE_LIMITED
