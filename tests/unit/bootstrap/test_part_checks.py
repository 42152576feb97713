import pytest

from textnlp.bootstrap.part_checks import Deferred, checks_of
from textnlp.domain.errors import TextNLPError, not_found


class Part:
    """Counts how often it was asked."""

    asked = 0

    async def check(self) -> None:
        self.asked += 1


async def test_parts_that_are_not_there_have_no_check() -> None:
    part = Part()
    checks = checks_of(database=part, limits=None)
    assert list(checks) == ["database"]
    await checks["database"]()
    assert part.asked == 1


async def test_a_part_that_is_deferred_is_looked_for_when_it_is_asked() -> None:
    def find() -> Part:
        raise not_found("There is no such engine.")

    checks = checks_of(engine=Deferred(find))
    with pytest.raises(TextNLPError, match="no such engine"):
        await checks["engine"]()
