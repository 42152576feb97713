"""The stub server that other tests and the benchmarks rely on."""

import asyncio
import sys

import aiohttp
import pytest

from tests.doubles.openai_server import OpenAIStub, StubOptions


async def ask(session: aiohttp.ClientSession, base_url: str, prompt: str) -> int | str:
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
    try:
        async with session.post(f"{base_url}/chat/completions", json=body) as response:
            await response.read()
            return response.status
    except aiohttp.ClientError:
        return "reset"


async def test_which_calls_fail_depends_on_seed_and_prompt_and_not_on_their_order() -> None:
    options = StubOptions(fault_429=0.2, fault_500=0.2, fault_reset=0.2, seed=7)
    prompts = [f"prompt {number}" for number in range(60)]
    found: list[dict[str, int | str]] = []
    for order in (prompts, prompts[::-1]):
        async with OpenAIStub(options) as stub, aiohttp.ClientSession() as session:
            found.append({prompt: await ask(session, stub.base_url, prompt) for prompt in order})
            outcomes = stub.stats.outcomes
    assert found[0] == found[1]
    assert outcomes.keys() == {"200", "429", "500", "reset"}
    assert sum(outcomes.values()) == 60


async def test_a_prompt_that_failed_often_enough_is_answered() -> None:
    async with (
        OpenAIStub(StubOptions(fault_500=1.0, max_faults_per_prompt=2)) as stub,
        aiohttp.ClientSession() as session,
    ):
        assert [await ask(session, stub.base_url, "x") for _ in range(3)] == [500, 500, 200]
        assert stub.stats.calls_by_prompt == {"x": 3}
        assert stub.stats.answered_by_prompt == {"x": 1}


@pytest.mark.parametrize("piece_bytes", [1, 7, 100_000])
async def test_a_request_may_arrive_in_pieces(piece_bytes: int) -> None:
    body = '{"model":"m","messages":[{"role":"user","content":"é"}]}'.encode()
    raw = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with OpenAIStub() as stub:
        reader, writer = await asyncio.open_connection("127.0.0.1", stub.port)
        for begin in range(0, len(raw), piece_bytes):
            writer.write(raw[begin : begin + piece_bytes])
            await writer.drain()
            await asyncio.sleep(0)
        assert "echo: é".encode() in await reader.readuntil(b"}}}")
        writer.close()
        await writer.wait_closed()


async def test_as_a_process_it_prints_its_port_and_counts() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.doubles.openai_server", "--latency", "0.01"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        base_url = f"http://127.0.0.1:{int(await process.stdout.readline())}"
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(ask(session, f"{base_url}/v1", f"p{number % 3}") for number in range(6)))
            async with session.get(f"{base_url}/stats") as response:
                stats = await response.json()
            async with session.get(f"{base_url}/stats?brief=1") as response:
                brief = await response.json()
    finally:
        process.terminate()
        await process.wait()
    assert stats["calls_by_prompt"] == {"p0": 2, "p1": 2, "p2": 2}
    assert stats["max_in_flight"] == 6
    assert (brief["calls"], brief["answered"], "calls_by_prompt" in brief) == (6, 6, False)
