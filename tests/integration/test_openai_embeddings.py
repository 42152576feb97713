"""OpenAI's own client asking for embeddings."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta

import openai
import pytest

from tests.doubles.openai_server import OpenAIStub, Reply
from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.embeddings import OpenAICompatibleEmbeddings
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.gateway import Gateway
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.usage.totals import Grouping
from textnlp.ports.embedding_engine import EmbeddingEngine

MODEL = "scripted"


@contextlib.asynccontextmanager
async def served(engine: EmbeddingEngine | None = None, gateway: Gateway | None = None) -> AsyncGenerator[str]:
    platform = memory_platform(embeddings=engine, gateway=gateway)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with serve_app(create_app(platform, intake=intake), port=0) as serving:
        yield serving.url
    await platform.embeddings.aclose()


@contextlib.asynccontextmanager
async def asked_over(
    engine: EmbeddingEngine | None = None, gateway: Gateway | None = None
) -> AsyncGenerator[openai.AsyncOpenAI]:
    async with (
        served(engine, gateway) as url,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        yield client


@contextlib.asynccontextmanager
async def asked_through(stub: OpenAIStub) -> AsyncGenerator[openai.AsyncOpenAI]:
    engine = OpenAICompatibleEmbeddings(parse_base_url(stub.base_url), clock=CLOCK)
    async with asked_over(engine) as client:
        yield client


async def test_texts_become_vectors_and_both_formats_say_the_same() -> None:
    async with asked_over() as client:
        packed = await client.embeddings.create(model=MODEL, input=["red kettle", "blue tram"], user="ada")
        plain = await client.embeddings.create(
            model=MODEL, input=["red kettle", "blue tram"], encoding_format="float", dimensions=256
        )
        one = await client.embeddings.create(model=MODEL, input="blue tram")
    assert [each.index for each in packed.data] == [0, 1]
    assert packed.object == "list"
    for left, right in zip(packed.data, plain.data, strict=True):
        assert left.embedding == pytest.approx(right.embedding)
        assert len(left.embedding) == 256
    assert one.data[0].embedding == pytest.approx(plain.data[1].embedding)
    assert (packed.model, packed.usage.prompt_tokens, packed.usage.total_tokens) == (MODEL, 6, 6)


async def test_azures_client_and_the_versioned_path_reach_it_too() -> None:
    async with served() as url:
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=url, api_key="any", api_version="2024-10-21", max_retries=0
        ) as azure:
            answer = await azure.embeddings.create(model=MODEL, input="tea", dimensions=8)
        async with openai.AsyncOpenAI(base_url=f"{url}/openai/v1", api_key="any", max_retries=0) as versioned:
            other = await versioned.embeddings.create(model=MODEL, input="tea", dimensions=8)
    assert answer.data[0].embedding == other.data[0].embedding


async def test_more_texts_than_one_call_holds_are_asked_for_in_parts_and_charged_once_each() -> None:
    gateway = memory_gateway()
    engine = ScriptedEmbeddings(most_inputs=100)
    texts = [f"text {number}" for number in range(250)]
    async with asked_over(engine, gateway) as client:
        answer = await client.embeddings.create(model=MODEL, input=texts)
        alone = await client.embeddings.create(model=MODEL, input=texts[203])
    assert engine.calls == 4
    assert answer.data[203].embedding == pytest.approx(alone.data[0].embedding)
    await gateway.recorder.aclose()
    day = timedelta(days=1)
    totals = await gateway.usage.totals(
        LOCAL_TENANT, group_by=Grouping.MODEL, since=CLOCK.now() - day, until=CLOCK.now() + day
    )
    (total,) = totals
    assert (total.key, total.calls, total.usage.completion_tokens, total.cost) == (MODEL, 4, 0, 0)
    assert total.usage.prompt_tokens == answer.usage.prompt_tokens + alone.usage.prompt_tokens


async def test_an_endpoint_is_asked_with_tokens_dimensions_and_its_order_is_put_right() -> None:
    async with OpenAIStub() as stub, asked_through(stub) as client:
        texts = await client.embeddings.create(model=MODEL, input=["abc", "aab"], dimensions=3)
        tokens = await client.embeddings.create(model=MODEL, input=[[7, 8], [9]], dimensions=2)
        single = await client.embeddings.create(model=MODEL, input=[7, 8, 9], dimensions=3)
        assert stub.last_request is not None
        assert stub.last_request.json()["encoding_format"] == "float"
    assert [each.embedding for each in texts.data] == [[1, 1, 1], [2, 1, 0]]
    assert [each.embedding for each in tokens.data] == [[7, 8], [9, 0]]
    assert [each.embedding for each in single.data] == [[7, 8, 9]]
    assert tokens.usage.prompt_tokens == 3


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [{"embedding": [1.0], "index": 0}]}',
        b'{"data": [{"embedding": "AAAA", "index": 0}]}',
        b'{"data": []}',
        b"<html>",
    ],
)
async def test_an_answer_that_is_none_is_told_of(body: bytes) -> None:
    async with OpenAIStub() as stub, asked_through(stub) as client:
        stub.script(Reply(body=body))
        with pytest.raises(openai.APIStatusError) as caught:
            await client.embeddings.create(model=MODEL, input=["a", "b"])
        assert caught.value.status_code == 502


async def test_an_error_of_the_endpoint_keeps_its_kind() -> None:
    async with OpenAIStub() as stub, asked_through(stub) as client:
        error = b'{"error": {"message": "Too long: maximum context length is 8192 tokens.", "param": "input"}}'
        stub.script(Reply(status=400, body=error))
        with pytest.raises(openai.BadRequestError) as caught:
            await client.embeddings.create(model=MODEL, input="a")
    assert caught.value.code == "context_length_exceeded"


async def test_tokens_are_refused_where_only_texts_are_understood() -> None:
    async with asked_over() as client:
        with pytest.raises(openai.BadRequestError, match="takes texts") as caught:
            await client.embeddings.create(model=MODEL, input=[[1, 2]])
        with pytest.raises(openai.NotFoundError) as absent:
            await client.embeddings.create(model="absent", input="a")
    assert (caught.value.param, absent.value.code) == ("input", "model_not_found")
