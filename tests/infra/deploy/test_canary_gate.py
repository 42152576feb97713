from collections.abc import Iterable
from itertools import repeat

import aiohttp
import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp_infra.deploy.canary_gate import LogWorkspace, Showing, Verdict, await_verdict


class _Passing:
    """Time that passes while it is waited for, and only then."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        self._seconds += seconds


def showing(verdict: Verdict) -> Showing:
    return Showing(total=60, failed=0, error_percent=0.0, verdict=verdict)


async def decide(verdicts: Iterable[Verdict], *, least: float, most: float) -> tuple[Verdict, int]:
    """Return the verdict, and how often was asked: every ten seconds."""
    answers, told = iter(verdicts), list[Showing]()

    async def ask() -> Showing:
        return showing(next(answers))

    final = await await_verdict(
        ask, _Passing(), least_seconds=least, most_seconds=most, poll_seconds=10, tell=told.append
    )
    assert told[-1] is final
    return final.verdict, len(told)


async def test_what_an_earlier_share_showed_does_not_promote_a_larger_one() -> None:
    verdicts = [Verdict.PROMOTE, Verdict.PROMOTE, Verdict.REJECT]
    assert await decide(verdicts, least=60, most=120) == (Verdict.REJECT, 3)


async def test_it_is_promoted_once_it_was_looked_at_for_long_enough() -> None:
    assert await decide(repeat(Verdict.PROMOTE), least=60, most=120) == (Verdict.PROMOTE, 7)


async def test_it_ends_undecided_where_too_few_calls_come() -> None:
    assert await decide(repeat(Verdict.WAIT), least=60, most=125) == (Verdict.WAIT, 14)


async def test_a_service_that_does_not_answer_is_told_with_where_to_run_this(unused_tcp_port: int) -> None:
    async def token(scope: str) -> str:
        return scope

    async with aiohttp.ClientSession() as session:
        workspace = LogWorkspace(
            session=session, endpoint=f"https://127.0.0.1:{unused_tcp_port}", resource_id="/w", token=token
        )
        with pytest.raises(TextNLPError) as caught:
            await workspace.showing("x")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "inside its network" in caught.value.full_text
