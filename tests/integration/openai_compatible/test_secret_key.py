"""Keys that change while an endpoint is asked."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.doubles.openai_server import OpenAIStub, Reply, StubOptions
from tests.doubles.secret_source import HeldSecrets
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.authentication import ApiKeyHeader, BearerKey
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.secret_key import SecretKey
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Role

REQUEST = GenerationRequest(model="m", messages=(Message(Role.USER, "Hello"),))


@pytest.fixture
async def stub() -> AsyncGenerator[OpenAIStub]:
    async with OpenAIStub() as stub:
        stub.options = StubOptions(api_key="first-key")
        yield stub


@contextlib.asynccontextmanager
async def asking(stub: OpenAIStub, key: SecretKey) -> AsyncGenerator[OpenAICompatibleEngine]:
    engine = OpenAICompatibleEngine(parse_base_url(stub.base_url), clock=SystemClock(), authentication=key)
    yield engine
    await engine.aclose()


@pytest.mark.parametrize("header", [BearerKey, ApiKeyHeader])
async def test_a_key_that_was_changed_is_read_again_and_no_call_is_lost(
    stub: OpenAIStub, header: type[BearerKey] | type[ApiKeyHeader]
) -> None:
    secrets = HeldSecrets(openai="first-key")
    async with asking(stub, SecretKey(secrets, "openai", header=header)) as engine:
        await engine.generate(REQUEST)
        stub.options = StubOptions(api_key="second-key")
        secrets.values["openai"] = "second-key"

        answers = await asyncio.gather(*(engine.generate(REQUEST) for _ in range(4)))

    assert all(answer.text for answer in answers)


async def test_a_key_that_is_wrong_is_refused_after_one_more_look_and_never_shown(stub: OpenAIStub) -> None:
    secrets = HeldSecrets(openai="wrong-key")
    stub.script(*[Reply(status=401, body=b'{"error":{"message":"Incorrect API key: wrong-key."}}')] * 2)
    async with asking(stub, SecretKey(secrets, "openai", header=BearerKey)) as engine:
        with pytest.raises(TextNLPError) as caught:
            await engine.generate(REQUEST)

    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    assert "wrong-key" not in caught.value.full_text
    assert secrets.reads == 2


async def test_a_secret_that_no_header_can_carry_is_refused() -> None:
    key = SecretKey(HeldSecrets(openai="two\nlines"), "openai", header=BearerKey)

    with pytest.raises(TextNLPError, match="no HTTP header"):
        await key.headers()
