"""The embedded model: what its contract does not say."""

import asyncio
import json
import sys
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.command_line import until
from tests.doubles.real_model import real_model_file
from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.adapters.engines.llama_server import ServerSize, load_server
from textnlp.application.generate_structured import generate_structured
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import FinishReason, GenerationRequest, Message, Parameters, Role

pytestmark = pytest.mark.model

REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 120},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["text", "stars"],
    "additionalProperties": False,
}

ENDLESS: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "minItems": 100_000}

LEAVES_EARLY = """
import asyncio, sys
from pathlib import Path
from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role

async def main():
    global engine
    engine = EmbeddedEngine(Path(sys.argv[1]), name="m", slots=2)
    asked = GenerationRequest(
        model="m", messages=(Message(Role.USER, "Write a long story."),), parameters=Parameters(max_tokens=1500)
    )
    stream = engine.stream(asked)
    await anext(stream)
    other = asyncio.create_task(engine.generate(asked))
    await asyncio.sleep(0.05)
    print("leaving", flush=True)
    {how}

asyncio.run(main())
"""


def request(prompt: str = "Write one sentence about a kettle.", **given: Any) -> GenerationRequest:
    timeout_seconds = given.pop("timeout_seconds", 60.0)
    schema = given.pop("schema", None)
    return GenerationRequest(
        model="m",
        messages=(Message(Role.USER, prompt),),
        parameters=Parameters(**given),
        response_schema=schema,
        timeout_seconds=timeout_seconds,
    )


def generating_threads() -> int:
    return sum(thread.name == "textnlp-generation" for thread in threading.enumerate())


def cut(whole: Path, target: Path) -> Path:
    with whole.open("rb") as file:
        target.write_bytes(file.read(1_000_000))
    return target


@pytest.fixture
async def model_file() -> Path:
    return await real_model_file()


@pytest.fixture
async def engine(model_file: Path) -> AsyncGenerator[EmbeddedEngine]:
    engine = EmbeddedEngine(model_file, name="smollm2", slots=4, context_tokens=512)
    yield engine
    await engine.aclose()
    await until(lambda: generating_threads() == 0)


async def test_a_prompt_that_does_not_fit_is_told_with_both_numbers(engine: EmbeddedEngine) -> None:
    with pytest.raises(TextNLPError) as caught:
        await engine.generate(request("kettle " * 700))
    assert caught.value.kind is ErrorKind.CONTEXT_EXCEEDED
    assert "732" in caught.value.message
    assert "512" in caught.value.message


async def test_an_answer_that_fills_the_context_is_cut(model_file: Path) -> None:
    engine = EmbeddedEngine(model_file, name="m", slots=1, context_tokens=256, default_max_tokens=5000)
    completion = await engine.generate(request(schema=ENDLESS))
    await engine.aclose()
    assert completion.finish_reason is FinishReason.LENGTH
    assert completion.usage.total_tokens == 256


async def test_without_a_limit_an_answer_ends_at_the_default(model_file: Path) -> None:
    engine = EmbeddedEngine(model_file, name="m", slots=1, context_tokens=256, default_max_tokens=5)
    assert (await engine.generate(request())).usage.completion_tokens == 5
    await engine.aclose()


async def test_a_call_that_times_out_really_ends_and_gives_its_slot_back(model_file: Path) -> None:
    engine = EmbeddedEngine(model_file, name="m", slots=1, context_tokens=8192, default_max_tokens=8000)
    await engine.check()
    with pytest.raises(TextNLPError):
        await engine.generate(request(schema=ENDLESS, timeout_seconds=0.3))
    async with asyncio.timeout(15):
        while generating_threads():  # noqa: ASYNC110  threads do not tell
            await asyncio.sleep(0.01)
    assert (await engine.generate(request(max_tokens=3, timeout_seconds=20))).text
    await engine.aclose()


async def test_waiting_for_a_slot_counts_towards_the_timeout(model_file: Path) -> None:
    engine = EmbeddedEngine(model_file, name="m", slots=1, context_tokens=2048)
    await engine.check()
    busy = asyncio.create_task(engine.generate(request("Write a very long story.", max_tokens=1900)))
    await asyncio.sleep(0.05)
    with pytest.raises(TextNLPError) as caught:
        await engine.generate(request(timeout_seconds=0.05))
    assert caught.value.kind is ErrorKind.TIMEOUT
    busy.cancel()
    await engine.aclose()


async def test_the_event_loop_turns_while_the_model_writes(engine: EmbeddedEngine) -> None:
    await engine.check()
    writing = asyncio.gather(*(engine.generate(request(seed=seed, max_tokens=40)) for seed in range(4)))
    turns = 0
    while not writing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 20


async def test_the_model_is_loaded_once_for_calls_made_together(model_file: Path) -> None:
    looked: list[Path] = []

    async def find() -> Path:
        await asyncio.sleep(0.01)
        looked.append(model_file)
        return model_file

    engine = EmbeddedEngine(find, name="m", slots=4, context_tokens=256)
    await asyncio.gather(*(engine.generate(request(max_tokens=2)) for _ in range(4)))
    assert looked == [model_file]
    await engine.aclose()


async def test_a_model_that_could_not_be_found_is_looked_for_again(model_file: Path) -> None:
    outcomes: list[Path | TextNLPError] = [TextNLPError("offline", kind=ErrorKind.UNAVAILABLE), model_file]

    async def find() -> Path:
        outcome = outcomes.pop(0)
        if isinstance(outcome, TextNLPError):
            raise outcome
        return outcome

    engine = EmbeddedEngine(find, name="m", slots=1, context_tokens=256)
    with pytest.raises(TextNLPError, match="offline"):
        await engine.generate(request())
    assert (await engine.generate(request(max_tokens=2))).text
    await engine.aclose()


async def test_a_damaged_model_file_is_told(model_file: Path, tmp_path: Path) -> None:
    damaged = cut(model_file, tmp_path / "damaged.gguf")
    engine = EmbeddedEngine(damaged, name="m", slots=1)
    with pytest.raises(TextNLPError) as caught:
        await engine.check()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await engine.aclose()


async def test_structured_answers_need_no_second_attempt(engine: EmbeddedEngine) -> None:
    asked = [
        request("Write a customer review of a kettle.", seed=seed, max_tokens=120, temperature=0.8, schema=REVIEW)
        for seed in range(6)
    ]
    completions = await asyncio.gather(*(generate_structured(engine, each) for each in asked))
    assert [completion.attempts for completion in completions] == [1] * 6
    assert len({completion.text for completion in completions}) > 3
    assert all(1 <= json.loads(completion.text)["stars"] <= 5 for completion in completions)


async def test_the_port_that_llama_cpp_opens_lets_nobody_in(model_file: Path) -> None:
    server: Any = load_server(model_file, ServerSize(slots=1, threads=1, context_tokens=256))
    asked = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    async with aiohttp.ClientSession(server.listening_address) as session:
        async with session.post("/v1/chat/completions", json=asked) as response:
            assert response.status == 401
        async with session.post("/v1/chat/completions", json=asked, headers={"Authorization": "Bearer "}) as response:
            assert response.status == 401


@pytest.mark.parametrize(
    ("how", "exit_code"),
    [("return", 0), ("sys.exit(3)", 3), ("raise KeyboardInterrupt", 130), ("await engine.aclose()", 0)],
)
async def test_a_process_that_ends_while_the_model_writes_ends_cleanly(
    model_file: Path,
    how: str,
    exit_code: int,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", LEAVES_EARLY.replace("{how}", how), str(model_file)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        stdout, stderr = await process.communicate()
    assert stdout == b"leaving\n"
    assert process.returncode in {exit_code, -2 if exit_code == 130 else exit_code}, stderr
    if how in {"return", "sys.exit(3)"}:
        assert stderr == b""
