"""The page that goes from an empty subscription to the first batch: what of it can be run here is run."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.acceptance.azure_page import PAGE, commands, parameters
from tests.acceptance.command_line import CommandLine
from tests.acceptance.served_platform import serve_platform
from tests.architecture.source_tree import ROOT
from tests.infra.manifests import build
from textnlp_infra.deploy.registered_estate import CLIENT_ID
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate

_SUFFIX = "a1b2"
_ESTATE = build_estate(environment("dev", suffix=_SUFFIX))


def _names(kind: str) -> set[str]:
    return {str(resource.name) for resource in _ESTATE.resources() if resource.type == kind}


async def test_the_templates_are_checked_as_the_page_says(command_line: CommandLine, tmp_path: Path) -> None:
    here = CommandLine(command_line.data_dir, folder=tmp_path)
    (looked,) = commands("textnlp azure check")
    done = await here.run(*shlex.split(looked)[1:])
    assert done.exit_code == 0, done.stderr


def test_the_file_of_parameters_is_what_the_templates_ask_for() -> None:
    asked = {name for stack in _ESTATE.stacks for name, each in stack.parameters().items() if each.default is None}
    assert set(parameters()) == asked - {CLIENT_ID}


def test_every_name_on_the_page_is_one_of_the_estate() -> None:
    (registry,) = _names("Microsoft.ContainerRegistry/registries")
    assert set(re.findall(r"\bcrtextnlp\w+", PAGE)) == {registry}
    assert set(re.findall(r"--vault-name (\S+)", PAGE)) <= _names("Microsoft.KeyVault/vaults")
    assert set(re.findall(r"identity show --name (\S+)", PAGE)) <= _names(
        "Microsoft.ManagedIdentity/userAssignedIdentities"
    )
    assert set(re.findall(r"--resource-group (\S+)", PAGE)) <= {
        group.name for stack in _ESTATE.stacks for group in stack.groups()
    }
    assert set(re.findall(r"--account-name (\S+)", PAGE)) <= _names("Microsoft.Storage/storageAccounts")
    suffixes = {word for command in commands("textnlp azure") for word in re.findall(r"--suffix (\S+)", command)}
    assert suffixes == {_SUFFIX}


def test_images_are_built_of_what_is_there_and_are_those_of_the_cluster() -> None:
    for command in commands("docker build"):
        words = shlex.split(command)
        file = ROOT / words[words.index("--file") + 1]
        if "--target" in words:
            assert f" AS {words[words.index('--target') + 1]}\n" in file.read_text()
    pushed = {command.rpartition("/")[2] for command in commands("docker push")}
    objects = build("overlays/dev").all
    run = set(re.findall(r"azurecr\.io/([\w-]+):", json.dumps(objects)))
    assert pushed == run


@pytest.mark.postgres
async def test_the_first_batch_is_answered(database_url: str, command_line: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    async with serve_platform(database_url, tmp_path / "platform") as (_, served):
        here = CommandLine(
            command_line.data_dir,
            folder=tmp_path,
            more={"TEXTNLP_SERVER": served.url, "TEXTNLP_TOKEN": served.api_key},
        )
        batch = ""
        for command in [*commands("textnlp batch"), *commands("textnlp usage")]:
            done = await here.run(*(batch if word == "BATCH" else word for word in shlex.split(command)[1:]))
            assert done.exit_code == 0, f"{command}\n{done.stderr}"
            batch = batch or done.stdout.strip()
    answered = (tmp_path / "first-batch" / "generations.jsonl").read_text().splitlines()
    asked = (tmp_path / "examples" / "product-reviews.jsonl").read_text().splitlines()
    assert len(answered) == len(asked)
