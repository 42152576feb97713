import asyncio
import contextlib
import sys

import pytest
from joserfc import jwt

from tests.doubles.clock import ManualClock
from tests.doubles.entra import CLIENT, Entra
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import COGNITIVE_SERVICES, STORAGE
from textnlp.ports.clock import Clock


def _tokens(entra: Entra, clock: Clock) -> EntraAccessTokens:
    return EntraAccessTokens(clock=clock, ca_file=entra.certificates.authority)


async def test_a_pod_gets_a_token_of_its_workload_identity_without_any_key(entra: Entra) -> None:
    async with contextlib.aclosing(_tokens(entra, SystemClock())) as tokens:
        token = await tokens.token(STORAGE)

    claims = jwt.decode(token.value, entra.key).claims
    assert (claims["aud"], claims["appid"]) == ("https://storage.azure.com", CLIENT)
    assert token.value not in repr(token)


async def test_a_token_is_kept_for_each_scope_and_those_who_ask_at_once_share_it(entra: Entra) -> None:
    async with contextlib.aclosing(_tokens(entra, SystemClock())) as tokens:
        got = await asyncio.gather(*(tokens.token(STORAGE) for _ in range(5)), tokens.token(COGNITIVE_SERVICES))

    assert sorted(entra.scopes) == [COGNITIVE_SERVICES, STORAGE]
    assert len({token.value for token in got}) == 2


async def test_a_token_is_renewed_before_it_ends_and_shown_through_an_outage(entra: Entra) -> None:
    clock = ManualClock(now=SystemClock().now())
    async with contextlib.aclosing(_tokens(entra, clock)) as tokens:
        entra.lasts_seconds = 1
        first = await tokens.token(STORAGE)
        entra.refuses = True
        assert await tokens.token(STORAGE) == first

        await asyncio.sleep(1.1)  # the library keeps tokens by its own clock
        await clock.advance(1.1)
        with pytest.raises(TextNLPError) as caught:
            await tokens.token(STORAGE)
        entra.refuses = False
        assert (await tokens.token(STORAGE)).value

    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    assert "workload or managed identity" in caught.value.full_text
    assert "pod" not in caught.value.full_text


async def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)

    with pytest.raises(TextNLPError) as caught:
        await EntraAccessTokens(clock=SystemClock()).token(STORAGE)

    assert "pip install 'textnlp[azure]'" in caught.value.full_text
