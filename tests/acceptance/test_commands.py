import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.platform_command import PlatformCommand
from tests.doubles.openai_server import OpenAIStub


async def test_one_completion_is_printed(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub:
        endpoint = ("--base-url", stub.base_url, "--model", "stub")
        whole = await command_line.run("generate", "Hello", *endpoint)
        streamed = await command_line.run("generate", "Hello", *endpoint, "--stream")
    assert (whole.exit_code, whole.stdout) == (0, "echo: Hello\n")
    assert streamed.stdout == "echo: Hello\n"


async def test_a_completion_as_json_has_usage_and_finish_reason(command_line: CommandLine) -> None:
    finished = await command_line.run("generate", "Hello", "--model", "scripted", "--json")
    answer = finished.json()
    assert answer["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] > 0


async def test_a_schema_is_satisfied_or_its_fault_is_named(command_line: CommandLine, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}')
    good = await command_line.run("generate", "Rate it", "--model", "scripted", "--schema", schema)
    assert isinstance(json.loads(good.stdout)["stars"], int)
    schema.write_text('{"type": ')
    broken = await command_line.run("generate", "Rate it", "--model", "scripted", "--schema", schema)
    assert broken.exit_code == 2
    assert "line 1, column 10" in broken.stderr


async def test_an_unknown_model_is_answered_with_those_there_are(command_line: CommandLine) -> None:
    finished = await command_line.run("generate", "Hello", "--model", "absent")
    assert finished.exit_code == 1
    assert "scripted, smollm2-135m" in finished.stderr


@pytest.mark.postgres
async def test_a_running_platform_writes_the_completion(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub:
        asked = ("--port", "0", "--base-url", stub.base_url, "--model", "stub")
        platform = await PlatformCommand.start(command_line, *asked)
        url = platform.url
        plain = await command_line.run("generate", "Hello", "--server", url)
        streamed = await command_line.run("generate", "Hello", "--server", url, "--stream")
        await platform.stop()
    assert (plain.exit_code, plain.stdout) == (0, "echo: Hello\n")
    assert streamed.stdout == "echo: Hello\n"


async def test_a_platform_that_does_not_run_is_answered_with_how_to_start_it(command_line: CommandLine) -> None:
    finished = await command_line.run("batch", "list", "--server", "http://127.0.0.1:9")
    assert finished.exit_code == 1
    assert "textnlp up" in finished.stderr


@pytest.mark.postgres
async def test_the_doctor_finds_what_works_and_says_what_to_do_about_the_rest(
    command_line: CommandLine,
    tmp_path: Path,
) -> None:
    cache = str(tmp_path / "cache")
    finished = await command_line.run("doctor", "--json", TEXTNLP_CACHE_DIR=cache)
    findings = {finding["subject"]: finding for finding in json.loads(finished.stdout)}
    assert finished.exit_code == 1
    assert {name for name, finding in findings.items() if finding["state"] == "ok"} >= {"python", "database"}
    assert "textnlp model pull" in findings["engine"]["advice"]
    async with OpenAIStub() as stub:
        asked = {"TEXTNLP_BASE_URL": stub.base_url, "TEXTNLP_MODEL": "stub", "TEXTNLP_CACHE_DIR": cache}
        well = await command_line.run("doctor", **asked)
    assert (well.exit_code, "problem" in well.stdout) == (0, False)


async def test_the_doctor_names_a_folder_that_cannot_be_written(command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finished = await command_line.run("doctor", "--json", TEXTNLP_DATA_DIR=str(tmp_path / "file" / "data"))
    findings = {finding["subject"]: finding for finding in json.loads(finished.stdout)}
    assert findings["data folder"]["state"] == "problem"


async def test_the_models_are_listed_with_where_they_are(command_line: CommandLine, tmp_path: Path) -> None:
    finished = await command_line.run("model", "list", "--json", TEXTNLP_CACHE_DIR=str(tmp_path))
    models = {row["model"]: row["file"] for row in json.loads(finished.stdout)}
    assert set(models) == {"all-minilm-l6-v2", "scripted", "smollm2-135m"}
    assert "not fetched yet" in models["smollm2-135m"]
