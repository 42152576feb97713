"""Azure AI Content Safety asked over real sockets: what is sent, when again, and what is told of refusals."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.doubles.content_safety import ContentSafetyDouble
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.row_operators.content_safety_service import (
    MOST_CHARACTERS,
    MOST_REQUESTS,
    ContentSafetyResource,
    ContentSafetyService,
    Found,
    divided,
)
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import ContentSafetyCheck

BRISK = RetryPolicy(max_attempts=3, deadline_seconds=30, first_delay_seconds=0.01, longest_delay_seconds=0.02)
KEY = "k" * 32
SECRETS = "my secret text"


def check(**given: Any) -> ContentSafetyCheck:
    return ContentSafetyCheck.model_validate({"kind": "content_safety", "column": "a", **given})


@asynccontextmanager
async def asking(double: ContentSafetyDouble, **given: Any) -> AsyncGenerator[ContentSafetyService]:
    resource = ContentSafetyResource(endpoint=double.endpoint + "/", **(given or {"key": KEY}))
    service = ContentSafetyService(resource, clock=SystemClock(), policy=BRISK)
    yield service
    await service.aclose()


async def refused(service: ContentSafetyService, text: str = SECRETS, **given: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await service.ask([text], check=check(**given))
    assert SECRETS not in caught.value.full_text
    assert KEY not in caught.value.full_text
    return caught.value


async def test_severities_are_told_in_eight_levels_and_in_the_order_of_the_texts() -> None:
    async with ContentSafetyDouble() as double, asking(double) as service:
        found = await service.ask(["all well", "hate-5 and violence-3", "sexual-7"], check=check(categories=["hate"]))
    assert found == [Found(severities={"Hate": severity}) for severity in (0, 5, 0)]
    assert double.bodies[0] == {"text": "all well", "categories": ["Hate"], "outputType": "EightSeverityLevels"}


async def test_an_entra_token_is_as_good_as_a_key() -> None:
    async with ContentSafetyDouble() as double, asking(double, token="an-entra-token") as service:  # noqa: S106
        found = await service.ask(["selfharm-4"], check=check())
    assert found[0].severities == {"Hate": 0, "SelfHarm": 4, "Sexual": 0, "Violence": 0}


async def test_a_long_text_is_divided_and_its_gravest_piece_counts() -> None:
    text = "violence-2 " + "word " * 3_000 + "hate-6 " + "word " * 3_000
    async with ContentSafetyDouble() as double, asking(double) as service:
        found = await service.ask([text], check=check())
    assert {name: level for name, level in found[0].severities.items() if level} == {"Hate": 6, "Violence": 2}
    assert len(double.bodies) == 4
    assert all(len(body["text"]) <= MOST_CHARACTERS for body in double.bodies)


@pytest.mark.parametrize("length", [1, MOST_CHARACTERS, MOST_CHARACTERS + 1, 50_001])
def test_pieces_hold_the_whole_text_and_overlap(length: int) -> None:
    text = "".join(chr(0x4E00 + place % 20_000) for place in range(length))
    pieces = divided(text)
    assert all(0 < len(piece) <= MOST_CHARACTERS for piece in pieces)
    whole = pieces[0]
    for piece in pieces[1:]:
        assert whole.endswith(piece[:200])
        whole += piece[200:]
    assert whole == text


async def test_terms_of_blocklists_are_found_and_an_unknown_list_is_told() -> None:
    async with ContentSafetyDouble(blocklists={"rivals": ["Acme"]}) as double, asking(double) as service:
        found = await service.ask(["Acme is better", "fine"], check=check(blocklists=["rivals"]))
        error = await refused(service, blocklists=["none-such"])
    assert [each.blocklists for each in found] == [("rivals",), ()]
    assert error.kind is ErrorKind.INVALID_INPUT
    assert "404, ResourceNotFound" in error.message


async def test_a_wrong_key_is_told_at_once_and_never_shown() -> None:
    async with ContentSafetyDouble(key="another") as double, asking(double) as service:
        error = await refused(service)
    assert (error.kind, double.requests) == (ErrorKind.UNAUTHENTICATED, 1)
    assert "TEXTNLP_CONTENT_SAFETY_ENDPOINT" in (error.facts.hint or "")


async def test_the_limit_of_requests_is_waited_out_as_long_as_it_asks() -> None:
    refusals = [(429, "TooManyRequests"), (503, "ServerBusy")]
    async with ContentSafetyDouble(*refusals, retry_after="1") as double, asking(double) as service:
        began = asyncio.get_running_loop().time()
        found = await service.ask(["hate-1"], check=check())
        seconds = asyncio.get_running_loop().time() - began
    assert found[0].severities["Hate"] == 1
    assert double.requests == 3
    assert 2 <= seconds < 6


async def test_a_limit_that_stays_is_told_with_its_hint() -> None:
    async with ContentSafetyDouble(*[(429, "TooManyRequests")] * 9) as double, asking(double) as service:
        error = await refused(service)
    assert (error.kind, error.facts.status_code, error.facts.attempts) == (ErrorKind.RATE_LIMITED, 429, 3)


async def test_requests_on_their_way_are_bounded() -> None:
    async with ContentSafetyDouble(delay_seconds=0.02) as double, asking(double) as service:
        await service.ask([f"text {number}" for number in range(40)], check=check())
    assert double.most_at_once == MOST_REQUESTS


async def test_nobody_there_is_told() -> None:
    async with ContentSafetyDouble() as double:
        resource = ContentSafetyResource(endpoint=double.endpoint, key=KEY)
    service = ContentSafetyService(resource, clock=SystemClock(), policy=BRISK)
    assert (await refused(service)).kind is ErrorKind.UNAVAILABLE
    await service.aclose()
