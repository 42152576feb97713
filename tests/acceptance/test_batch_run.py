import hashlib
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.acceptance.command_line import CommandLine, read_lines, until, write_prompts
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = pytest.mark.postgres


def read_table(path: Path) -> Any:
    library: Any = parquet
    return library.read_table(path)


async def run_batch(command_line: CommandLine, stub: OpenAIStub, prompts: Path, out: Path, *more: str) -> object:
    return await command_line.run(
        *("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub", "--json", *more),
    )


async def test_every_prompt_is_answered_in_the_order_of_the_input(command_line: CommandLine, tmp_path: Path) -> None:
    ids = write_prompts(tmp_path / "prompts.jsonl", 500)
    async with OpenAIStub(StubOptions(latency_seconds=0.01)) as stub:
        finished = await command_line.run(
            *("batch", "run", tmp_path / "prompts.jsonl", "--out", tmp_path / "out"),
            *("--base-url", stub.base_url, "--model", "stub", "--json"),
        )
    assert finished.exit_code == 0, finished.stderr
    lines = read_lines(tmp_path / "out" / "generations.jsonl")
    assert [line["id"] for line in lines] == ids
    assert all(line["text"].startswith("echo: Say row-") for line in lines)
    assert stub.stats.calls == 500
    assert not (tmp_path / "out" / "errors.jsonl").exists()


async def test_the_files_say_the_same_and_the_manifest_proves_it(command_line: CommandLine, tmp_path: Path) -> None:
    write_prompts(tmp_path / "prompts.jsonl", 30)
    out = tmp_path / "out"
    async with OpenAIStub() as stub:
        await run_batch(command_line, stub, tmp_path / "prompts.jsonl", out)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["counts"] == {"input": 30, "accepted": 30, "rejected": 0, "failed": 0, "pending": 0}
    for file in manifest["files"]:
        assert hashlib.sha256((out / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    table = read_table(out / "generations.parquet")
    lines = read_lines(out / "generations.jsonl")
    assert table.column("text").to_pylist() == [line["text"] for line in lines]
    used = sum(line["usage"]["completion_tokens"] for line in lines)
    assert manifest["usage"]["completion_tokens"] == used


async def test_refused_broken_and_hanging_calls_leave_every_row_accepted(
    command_line: CommandLine, tmp_path: Path
) -> None:
    ids = write_prompts(tmp_path / "prompts.jsonl", 600)
    out = tmp_path / "out"
    faults = StubOptions(latency_seconds=0.01, fault_429=0.02, fault_500=0.02, fault_reset=0.01, fault_hang=0.01)
    async with OpenAIStub(faults) as stub:
        await run_batch(command_line, stub, tmp_path / "prompts.jsonl", out, "--timeout", "1")
    lines = read_lines(out / "generations.jsonl")
    assert [line["id"] for line in lines] == ids
    assert sum(line["attempts"] for line in lines) == stub.stats.calls > 600


async def test_bad_rows_are_listed_with_their_line_and_the_rest_goes_on(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_bytes(
        b'{"id": "a", "prompt": "One"}\n'
        b'{"id": "b"}\n'
        b'{"id": "a", "prompt": "Two"}\n'
        b"\xff\xfe broken\n"
        b'{"id": "c", "prompt": 7}\n'
        b'{"id": "d", "prompt": "Three", "parameters": {"temprature": 1}}\n'
        b'{"id": "e", "prompt": "Four"}\n',
    )
    async with OpenAIStub() as stub:
        finished = await command_line.run(
            *("batch", "run", prompts, "--out", tmp_path / "out", "--base-url", stub.base_url),
            *("--model", "stub", "--json"),
        )
    assert finished.exit_code == 3
    assert [line["id"] for line in read_lines(tmp_path / "out" / "generations.jsonl")] == ["a", "e"]
    errors = read_lines(tmp_path / "out" / "errors.jsonl")
    assert [error["line"] for error in errors] == [2, 3, 4, 5, 6]
    assert "earlier row" in errors[1]["message"]
    assert "temperature" in errors[4]["message"]
    assert stub.stats.calls == 2


async def test_a_file_that_is_no_file_of_prompts_stops_before_any_call(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    (tmp_path / "prompts.json").write_text('{"id": "x", "prompts": ["a",')
    async with OpenAIStub() as stub:
        finished = await command_line.run(
            *("batch", "run", tmp_path / "prompts.json", "--out", tmp_path / "out"),
            *("--base-url", stub.base_url, "--model", "stub"),
        )
    assert finished.exit_code == 2
    assert "line 1" in finished.stderr
    assert stub.stats.calls == 0


async def test_running_a_finished_batch_again_asks_nothing(command_line: CommandLine, tmp_path: Path) -> None:
    write_prompts(tmp_path / "prompts.jsonl", 20)
    async with OpenAIStub() as stub:
        for _ in range(2):
            finished = await command_line.run(
                *("batch", "run", tmp_path / "prompts.jsonl", "--out", tmp_path / "out"),
                *("--base-url", stub.base_url, "--model", "stub", "--json"),
            )
            assert finished.exit_code == 0
            assert finished.json()["accepted"] == 20
        assert stub.stats.calls == 20


async def test_another_input_in_the_same_folder_is_refused_until_restart(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    async with OpenAIStub() as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub", "--json")
        write_prompts(prompts, 5)
        await command_line.run(*asked)
        write_prompts(prompts, 6)
        refused = await command_line.run(*asked)
        assert refused.exit_code == 1
        assert "input was" in refused.stderr
        assert "--restart" in refused.stderr
        again = await command_line.run(*asked, "--restart")
    assert again.json()["accepted"] == 6


async def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(command_line: CommandLine, tmp_path: Path) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    write_prompts(prompts, 400)
    async with OpenAIStub(StubOptions(latency_seconds=0.2)) as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub")
        process = await command_line.start(*asked, "--concurrency", "16")
        await until(lambda: stub.stats.answered >= 40)
        process.send_signal(signal.SIGINT)
        _, stderr = await process.communicate()
        assert process.returncode == 130
        assert b"run the same command again" in stderr
        finished = await command_line.run(*asked, "--json", "--concurrency", "200")
        assert finished.exit_code == 0, finished.stderr
        assert finished.json()["accepted"] == 400
        assert stub.stats.calls <= 400 + 16


async def test_a_wrong_key_stops_the_run_at_once_and_says_what_to_do(command_line: CommandLine, tmp_path: Path) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    write_prompts(prompts, 300)
    async with OpenAIStub(StubOptions(api_key="right")) as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub", "--json")
        refused = await command_line.run(*asked, "--api-key-env", "STUB_KEY", STUB_KEY="wrong")
        assert refused.exit_code == 1
        assert "wrong" not in refused.stderr
        assert stub.stats.calls < 300
        finished = await command_line.run(*asked, "--api-key-env", "STUB_KEY", STUB_KEY="right")
    assert finished.exit_code == 0, finished.stderr
    assert finished.json()["accepted"] == 300


async def test_a_server_that_is_not_there_is_named_before_anything_is_asked(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    write_prompts(tmp_path / "prompts.jsonl", 3)
    finished = await command_line.run(
        *("batch", "run", tmp_path / "prompts.jsonl", "--out", tmp_path / "out"),
        *("--base-url", "http://127.0.0.1:9/v1", "--model", "stub"),
    )
    assert finished.exit_code == 1
    assert "127.0.0.1:9" in finished.stderr
    assert "Traceback" not in finished.stderr


async def test_failed_rows_get_another_chance_on_request(command_line: CommandLine, tmp_path: Path) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    prompts.write_text('{"prompt": "One"}\n{"prompt": "Two", "model": "absent"}\n')
    async with OpenAIStub(StubOptions(models=("stub",))) as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub", "--json")
        first = await command_line.run(*asked)
        assert (first.exit_code, first.json()["accepted"], first.json()["failed"]) == (3, 1, 1)
        stub.options = StubOptions()
        again = await command_line.run(*asked, "--retry-failed")
        assert (again.exit_code, again.json()["accepted"]) == (0, 2)
    assert not (out / "errors.jsonl").exists()


async def test_zero_accepted_rows_is_a_failure_that_names_its_causes(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text('{"prompt": "One", "model": "absent"}\n{"prompt": "Two", "model": "absent"}\n')
    async with OpenAIStub(StubOptions(models=("stub",))) as stub:
        finished = await command_line.run(
            *("batch", "run", prompts, "--out", tmp_path / "out", "--base-url", stub.base_url),
            *("--model", "stub", "--json"),
        )
    assert finished.exit_code == 3
    assert finished.json()["state"] == "failed"
    assert "No row was accepted. 2 not_found" in finished.json()["reason"]


async def test_two_runs_cannot_write_to_one_folder(command_line: CommandLine, tmp_path: Path) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    write_prompts(prompts, 50)
    async with OpenAIStub(StubOptions(latency_seconds=1.0)) as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub")
        first = await command_line.start(*asked, "--concurrency", "1")
        await until(lambda: stub.stats.calls > 0)
        second = await command_line.run(*asked)
        stub.options = StubOptions()
        assert second.exit_code == 1
        assert "Another run is writing" in second.stderr
        await first.communicate()
        assert first.returncode == 0
