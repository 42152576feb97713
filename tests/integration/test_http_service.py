"""Services asked over real sockets: how many requests at once, when again, and where connections may lead."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tests.contract.test_webhook_transport import KnownHosts
from tests.doubles.row_service import RowJudgeService
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.row_operators.http_service import MOST_ANSWER_BYTES, HttpServices, RowService, ServiceReach
from textnlp.adapters.webhooks.checked_resolver import CheckedResolver, open_public_socket
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorKind, TextNLPError

BRISK = RetryPolicy(max_attempts=3, deadline_seconds=30, first_delay_seconds=0.01, longest_delay_seconds=0.02)
BEARER = "a-secret-token"


def bodies(count: int, *, rows: int = 2) -> list[tuple[bytes, int]]:
    return [(json.dumps({"rows": [{"text": f"row {number}"}] * rows}).encode(), rows) for number in range(count)]


@asynccontextmanager
async def services(reach: ServiceReach | None = None) -> AsyncGenerator[HttpServices]:
    made = HttpServices(clock=SystemClock(), reach=reach, policy=BRISK)
    yield made
    await made.aclose()


async def test_four_requests_are_on_their_way_at_most_and_answers_keep_their_order() -> None:
    async with RowJudgeService(delay_seconds=0.05) as service, services() as asking:
        answers = await asking.ask(RowService(url=service.url, token=BEARER), bodies(12))
    assert [each.reason for each in answers] == [f"row {number}" for number in range(12) for _ in range(2)]
    assert service.most_at_once == 4
    assert {headers["Authorization"] for headers in service.headers} == {f"Bearer {BEARER}"}


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_refusal_that_passes_is_asked_again(status: int) -> None:
    async with RowJudgeService(status, status, retry_after="0") as service, services() as asking:
        answers = await asking.ask(RowService(url=service.url), bodies(1))
    assert len(answers) == 2
    assert service.requests == 3


async def test_a_connection_that_breaks_is_opened_again() -> None:
    async with RowJudgeService(0) as service, services() as asking:
        assert len(await asking.ask(RowService(url=service.url), bodies(1))) == 2
    assert service.requests == 2


async def test_a_refusal_that_stays_is_told_without_what_was_sent() -> None:
    async with RowJudgeService(*[503] * 9) as service, services() as asking:
        with pytest.raises(TextNLPError) as caught:
            await asking.ask(RowService(url=f"{service.url}?key={BEARER}", token=BEARER), bodies(1))
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert caught.value.facts.attempts == service.requests == 3
    assert "it answered 503" in caught.value.message
    assert BEARER not in caught.value.full_text
    assert "row 0" not in caught.value.full_text


@pytest.mark.parametrize("status", [301, 400, 404, 422])
async def test_other_statuses_stand_and_redirects_are_not_followed(status: int) -> None:
    async with RowJudgeService(status) as service, services() as asking:
        with pytest.raises(TextNLPError, match=f"it answered {status}") as caught:
            await asking.ask(RowService(url=service.url), bodies(1))
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert service.requests == 1


async def test_a_slow_service_times_out_and_nothing_more_is_asked_after_an_error() -> None:
    async with RowJudgeService(delay_seconds=60) as service, services() as asking:
        with pytest.raises(TextNLPError, match="no answer within") as caught:
            await asking.ask(RowService(url=service.url, timeout_seconds=0.1), bodies(40))
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert service.requests <= 4 * BRISK.max_attempts


async def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    async with RowJudgeService(padding=MOST_ANSWER_BYTES) as service, services() as asking:
        with pytest.raises(TextNLPError, match="larger than") as caught:
            await asking.ask(RowService(url=service.url), bodies(1))
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


async def test_nobody_there_is_told_by_origin() -> None:
    async with RowJudgeService() as service:
        url = service.url
    async with services() as asking:
        with pytest.raises(TextNLPError, match="it cannot be reached") as caught:
            await asking.ask(RowService(url=url), bodies(1))
    assert caught.value.kind is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize("host", ["inside.example", "both.example", "metadata.example", "mapped.example"])
async def test_a_stranger_reaches_nothing_but_the_open_internet(host: str) -> None:
    hosts = {
        "inside.example": ["10.0.0.7"],
        "both.example": ["93.184.215.14", "127.0.0.1"],
        "metadata.example": ["169.254.169.254"],
        "mapped.example": ["::ffff:10.0.0.7"],
    }
    reach = ServiceReach(resolver=lambda: CheckedResolver(KnownHosts(hosts)), open_socket=open_public_socket)
    async with services(reach) as asking:
        with pytest.raises(TextNLPError, match="not on the open internet") as caught:
            await asking.ask(RowService(url=f"https://{host}/"), bodies(1))
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_an_address_in_place_of_a_name_is_refused_where_the_connection_is_opened() -> None:
    async with RowJudgeService() as service:
        reach = ServiceReach(resolver=CheckedResolver, open_socket=open_public_socket)
        async with services(reach) as asking:
            with pytest.raises(TextNLPError):
                await asyncio.wait_for(asking.ask(RowService(url=service.url), bodies(1)), 20)
    assert service.requests == 0


async def test_a_token_is_not_in_the_text_form_of_a_service() -> None:
    assert BEARER not in repr(RowService(url="https://example.org/", token=BEARER))
