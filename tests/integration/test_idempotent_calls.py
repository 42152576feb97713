"""Calls that are repeated with their key: dropped answers, calls that come at once, two processes, stock clients."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from datetime import timedelta

import aiohttp
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.adapters.database.idempotency_store import PostgresIdempotencyStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.bootstrap.gateway import Gateway
from textnlp.domain.generation.model import Completion, GenerationRequest
from textnlp.domain.usage.totals import Grouping
from textnlp.ports.idempotency_store import IdempotencyStore
from textnlp.ports.text_engine import TextEngine

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
PROMPT = {"prompt": "Hello"}
KEY = {"Idempotency-Key": "k-1"}
DAY = timedelta(days=1)


class Held(ScriptedEngine):
    """Says when it has been asked, and answers when it is told to."""

    def __init__(self) -> None:
        super().__init__(clock=CLOCK)
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def generate(self, request: GenerationRequest) -> Completion:
        self.is_asked.set()
        await self.may_answer.wait()
        return await super().generate(request)


class DroppingProxy:
    """Hands connections on, and drops the answer to the first request once all of it is there."""

    def __init__(self, url: str) -> None:
        self._port = int(url.rpartition(":")[2])
        self._handling: set[asyncio.Task[None]] = set()
        self.dropped = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[str]:
        """Yield the address to call instead."""
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        sending = asyncio.create_task(_copy(reader, to_server))
        try:
            await self._answer(from_server, writer)
        except asyncio.CancelledError:
            return
        finally:
            sending.cancel()
            for each in (writer, to_server):
                each.close()
            await asyncio.gather(sending, return_exceptions=True)

    async def _answer(self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.dropped:
            await _copy(from_server, writer)
            return
        answer = b""
        while not answer.endswith((b"}", b"0\r\n\r\n")):
            answer += await from_server.read(65_536)
        self.dropped += 1


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()


def gateway_over(store: IdempotencyStore) -> Gateway:
    return dataclasses.replace(memory_gateway(), idempotency=store, answers=AnswerKeeper(store, clock=CLOCK))


@contextlib.asynccontextmanager
async def served(engine: TextEngine, gateway: Gateway | None = None) -> AsyncGenerator[str]:
    platform = memory_platform(engine, gateway=gateway)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with serve_app(create_app(platform, intake=intake), port=0) as serving:
        yield serving.url


@pytest.mark.parametrize("stream", [False, True])
async def test_openais_client_gets_the_answer_that_was_dropped_and_pays_once(*, stream: bool) -> None:
    engine, gateway = ScriptedEngine(clock=CLOCK), memory_gateway()
    async with (
        served(engine, gateway) as url,
        DroppingProxy(url).running() as through,
        openai.AsyncOpenAI(base_url=f"{through}/v1", api_key="any", max_retries=4) as client,
    ):
        texts: list[str] = []
        for _ in range(2):
            if stream:
                chunks = await client.chat.completions.create(
                    model="scripted", messages=HELLO, stream=True, extra_headers=KEY
                )
                texts.append("".join([f"{chunk.id} {chunk.choices[0].delta.content}" async for chunk in chunks]))
            else:
                answer = await client.chat.completions.create(model="scripted", messages=HELLO, extra_headers=KEY)
                texts.append(f"{answer.id} {answer.choices[0].message.content}")
        await gateway.recorder.aclose()
    assert texts[0] == texts[1]
    now = CLOCK.now()
    totals = await gateway.usage.totals("local", group_by=Grouping.DAY, since=now - DAY, until=now + DAY)
    paid = [total.calls - total.cancelled for total in totals]
    assert paid == [1]
    assert engine.calls == 1


async def test_a_call_that_still_runs_is_told_of_and_when_to_ask_again() -> None:
    engine = Held()
    async with served(engine) as url, aiohttp.ClientSession(url, headers=KEY) as client:

        async def ask() -> tuple[int, bytes]:
            async with client.post("/api/v1/generate", json=PROMPT) as response:
                return response.status, await response.read()

        running = asyncio.create_task(ask())
        await engine.is_asked.wait()
        async with client.post("/api/v1/generate", json=PROMPT) as refused:
            assert (refused.status, (await refused.json())["code"]) == (409, "idempotency_key_in_use")
            assert refused.headers["retry-after"] == "1"
        engine.may_answer.set()
        assert await running == await ask()
    assert engine.calls == 1


async def test_openais_client_waits_for_the_call_that_still_runs() -> None:
    engine = Held()
    async with (
        served(engine) as url,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=3) as client,
    ):
        asked = [
            asyncio.create_task(
                client.chat.completions.create(model="scripted", messages=HELLO, extra_headers=KEY),
            )
            for _ in range(2)
        ]
        await engine.is_asked.wait()
        await asyncio.sleep(0.1)
        engine.may_answer.set()
        first, second = await asyncio.gather(*asked)
    assert first.id == second.id
    assert engine.calls == 1


async def test_a_caller_who_hangs_up_leaves_the_key_free() -> None:
    engine = Held()
    async with served(engine) as url, aiohttp.ClientSession(url, headers=KEY) as client:
        gone = asyncio.create_task(client.post("/api/v1/generate", json=PROMPT))
        await engine.is_asked.wait()
        engine.is_asked.clear()
        gone.cancel()
        await asyncio.wait([gone])

        async def ask() -> dict[str, str]:
            while True:
                async with client.post("/api/v1/generate", json=PROMPT) as response:
                    if response.status != 409:
                        return dict(response.headers)
                await asyncio.sleep(0.01)

        asking = asyncio.create_task(ask())
        async with asyncio.timeout(10):
            await engine.is_asked.wait()
            engine.may_answer.set()
            assert "idempotency-replayed" not in await asking


async def test_a_request_with_two_keys_is_refused() -> None:
    async with served(ScriptedEngine(clock=CLOCK)) as url, aiohttp.ClientSession(url) as client:
        headers = [*KEY.items(), *KEY.items()]
        async with client.post("/api/v1/generate", json=PROMPT, headers=headers) as refused:
            assert (refused.status, (await refused.json())["field"]) == (422, "Idempotency-Key")


@pytest.mark.postgres
async def test_two_processes_make_a_call_once_between_them(database_url: str) -> None:
    engine = ScriptedEngine(clock=CLOCK, latency_seconds=0.1)
    async with contextlib.AsyncExitStack() as stack:
        urls: list[str] = []
        for _ in range(2):
            database = PostgresDatabase(database_url, clock=CLOCK)
            stack.push_async_callback(database.aclose)
            gateway = gateway_over(PostgresIdempotencyStore(database))
            stack.push_async_callback(gateway.answers.aclose)
            urls.append(await stack.enter_async_context(served(engine, gateway)))
        client = await stack.enter_async_context(aiohttp.ClientSession(headers=KEY))

        async def ask(number: int) -> tuple[int, bytes]:
            async with client.post(f"{urls[number % 2]}/api/v1/generate", json=PROMPT) as response:
                return response.status, await response.read()

        first = await asyncio.gather(*(ask(number) for number in range(12)))
        later = await asyncio.gather(*(ask(number) for number in range(4)))
    answers = [body for status, body in first if status == 200]
    assert {status for status, _ in first} == {200, 409}
    assert set(later) == {(200, answers[0])}
    assert engine.calls == 1
