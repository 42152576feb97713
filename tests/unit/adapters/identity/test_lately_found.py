import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.identity.lately_found import REVOKED_WITHIN_SECONDS, LatelyFound
from textnlp.domain.errors import ErrorKind, TextNLPError


class Shelf:
    def __init__(self) -> None:
        self.things: dict[str, int] = {}
        self.looks = 0
        self.is_away = False

    async def look_up(self, key: str) -> int | None:
        self.looks += 1
        if self.is_away:
            raise TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
        return self.things.get(key)


async def test_what_is_there_and_what_is_not_is_looked_up_once_in_ten_seconds() -> None:
    shelf, clock = Shelf(), ManualClock()
    shelf.things["a"] = 1
    found = LatelyFound(shelf.look_up, clock=clock)
    assert [await found.find(key) for key in "aabb"] == [1, 1, None, None]
    assert shelf.looks == 2
    shelf.things.update(a=2, b=3)
    await clock.advance(REVOKED_WITHIN_SECONDS - 0.1)
    assert [await found.find(key) for key in "ab"] == [1, None]
    await clock.advance(0.1)
    assert [await found.find(key) for key in "ab"] == [2, 3]


async def test_a_look_that_fails_is_made_again() -> None:
    shelf = Shelf()
    found = LatelyFound(shelf.look_up, clock=ManualClock())
    shelf.is_away = True
    with pytest.raises(TextNLPError, match=r"Away\."):
        await found.find("a")
    shelf.is_away = False
    assert await found.find("a") is None
