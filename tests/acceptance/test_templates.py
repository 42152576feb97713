"""Stored templates, with the data folder alone and with a platform that runs on it."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.platform_command import PlatformCommand

EXAMPLE = Path(__file__).parents[2] / "examples" / "review-template.yaml"
KETTLE = ("--set", "product=kettle")


@pytest.fixture
async def url(command_line: CommandLine) -> AsyncGenerator[str]:
    """Where a platform answers that runs on the data folder of the command line."""
    platform = await PlatformCommand.start(command_line, "--port", "0", "--model", "scripted")
    yield platform.url
    await platform.stop()


def changed(folder: Path, text: str, by: str, *, name: str = "changed.yaml") -> Path:
    path = folder / name
    path.write_text(EXAMPLE.read_text().replace(text, by))
    return path


async def test_a_template_is_kept_in_versions_that_can_be_shown_and_rendered(
    command_line: CommandLine, tmp_path: Path
) -> None:
    variables = tmp_path / "variables.json"
    variables.write_text('{"product": "toaster", "count": 2, "aspects": ["noise", "price"]}')
    for path, reference in (
        (EXAMPLE, "review@1"),
        (EXAMPLE, "review@1"),
        (changed(tmp_path, "Speak of", "Tell of"), "review@2"),
    ):
        made = await command_line.run("template", "create", path)
        assert (made.exit_code, made.stdout) == (0, f"{reference}\n"), made.stderr
    listed = await command_line.run("template", "list", "--json")
    assert [json.loads(line)["reference"] for line in listed.stdout.splitlines()] == ["review@2"]
    shown = await command_line.run("template", "show", "review", "--json")
    assert shown.json()["versions"] == [1, 2]
    old = await command_line.run("template", "render", "review@1", "--vars", variables, *KETTLE)
    assert old.stdout == "Write 2 reviews of the kettle.\nSpeak of noise and price.\n"
    assert "not a copywriter" in old.stderr
    new = await command_line.run("template", "render", "review", "--vars", variables, "--json")
    assert new.json()["prompt"] == "Write 2 reviews of the toaster.\nTell of noise and price.\n"
    assert not (command_line.data_dir / "postgres").exists()


async def test_a_test_that_fails_tells_what_came_and_what_was_expected(
    command_line: CommandLine, tmp_path: Path
) -> None:
    wrong = changed(tmp_path, "1 review of the kettle", "1 review of the pan")
    tested = await command_line.run("template", "test", wrong)
    assert tested.exit_code == 1
    assert "expected  '1 review of the pan'" in tested.stdout
    assert "prompt    'Write 1 review of the kettle." in tested.stdout
    assert "1 of 2 tests passed" in tested.stdout
    refused = await command_line.run("template", "create", wrong)
    assert refused.exit_code == 2
    assert "'one review'" in refused.stderr
    assert (await command_line.run("template", "show", "review")).exit_code == 1


async def test_a_file_that_is_wrong_says_where(command_line: CommandLine, tmp_path: Path) -> None:
    path = changed(tmp_path, "description:", "descripton:")
    finished = await command_line.run("template", "create", path)
    assert finished.exit_code == 2
    assert f"{path}:2:1: descripton: 'descripton' is not known here; did you mean 'description'?" in finished.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("render", "review@1", "--set", "product"), "NAME=VALUE"),
        (("render", "review@1", "--vars", "absent.json"), "absent.json"),
        (("show", "Review"), "no name of a template"),
        (("test", "review@x"), "no version"),
    ],
)
async def test_wrong_use_is_told(command_line: CommandLine, words: tuple[str, ...], said: str) -> None:
    finished = await command_line.run("template", *words)
    assert finished.exit_code == 2
    assert said in finished.stderr


@pytest.mark.postgres
async def test_the_commands_do_the_same_on_a_running_platform(
    command_line: CommandLine, url: str, tmp_path: Path
) -> None:
    there = ("--server", url)
    made = await command_line.run("template", "create", EXAMPLE, *there)
    assert (made.exit_code, made.stdout) == (0, "review@1\n"), made.stderr
    assert (await command_line.run("template", "create", EXAMPLE)).stdout == "review@1\n"
    second = await command_line.run("template", "create", changed(tmp_path, "Speak of", "Tell of"))
    assert second.stdout == "review@2\n"
    for words in (("list",), ("show", "review"), ("show", "review@1"), ("render", "review@2", *KETTLE)):
        here, remote = [await command_line.run("template", *words, "--json", *where) for where in ((), there)]
        assert (here.exit_code, remote.exit_code) == (0, 0), remote.stderr
        assert here.stdout == remote.stdout
    tested = await command_line.run("template", "test", "review@latest", *there)
    assert (tested.exit_code, tested.stdout.splitlines()[-1]) == (0, "review@2: 2 of 2 tests passed.")
    missing = await command_line.run("template", "render", "review@3", *KETTLE, *there)
    assert missing.exit_code == 1
    assert "no version 3" in missing.stderr
