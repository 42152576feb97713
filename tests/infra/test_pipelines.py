import copy
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import click
import pytest
from tools.pin_images import parser as pin_images

from tests.architecture.source_tree import ROOT
from tests.infra.dockerfile import read_dockerfile
from tests.infra.pipeline_commands import Command, commands
from tests.infra.pipeline_documents import PIPELINES, document, expanded, mappings, scripts
from tests.infra.pipeline_schema import PUBLISHED, pipeline_faults
from textnlp.cli.main import command_group
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate

RELEASE = PIPELINES["azure-pipelines.yml"]
WORKFLOW = document(ROOT / ".github" / "workflows" / "ci.yml")
PAGE = (ROOT / "docs" / "how-to" / "release.md").read_text(encoding="utf-8")
_KUBECTL = Path(sys.executable).with_name("kubectl")
_MAKE = shutil.which("make") or "make"
_PLACES = re.compile(r"(?:k8s|infra|docker|pipelines|tools)(?:/[\w.-]+)+")
_OF_THE_SHELL = {"[[", "cd", "dirname", "echo", "exit", "export", "grep", "mkdir", "set"}
_OURS = {"make", "python", "textnlp", ".venv/bin/textnlp", "kubectl"}


def _every_command() -> list[Command]:
    found: list[Command] = []
    for pipeline in (*PIPELINES.values(), WORKFLOW):
        for script in scripts(pipeline):
            for step in TOPOLOGY.canary_percentages:
                found += commands(script, increment=str(step))
    return list(dict.fromkeys(found))


COMMANDS = _every_command()


def _of(*programs: str) -> list[Command]:
    found = [command for command in COMMANDS if command[0] in programs]
    assert found
    return found


def _stage(name: str) -> dict[str, Any]:
    (found,) = [stage for stage in RELEASE["stages"] if stage["stage"] == name]
    return found


@PUBLISHED
@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_is_what_its_service_takes(name: str) -> None:
    assert pipeline_faults(PIPELINES[name]) == []


def _task(pipeline: Any, name: str) -> dict[str, Any]:
    return next(each for each in mappings(pipeline) if each.get("task") == name)


PLANTED: Mapping[str, Callable[[Any], object]] = {
    "a task that is not there": lambda pipeline: _task(pipeline, "AzureCLI@2").update(task="AzureCLI@22"),
    "no connection": lambda pipeline: _task(pipeline, "AzureCLI@2")["inputs"].pop("azureSubscription"),
    "an unknown input": lambda pipeline: _task(pipeline, "AzureCLI@2")["inputs"].update(script="true"),
    "a misspelt key of a job": lambda pipeline: pipeline["stages"][0]["jobs"][0].update(timeoutMinutes=3),
    "a misspelt hook": lambda pipeline: next(each for each in mappings(pipeline) if "postRouteTraffic" in each).update(
        postRoute={"steps": []}
    ),
}


@PUBLISHED
@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_found(mistake: str) -> None:
    pipeline = copy.deepcopy(RELEASE)
    PLANTED[mistake](pipeline)
    assert pipeline_faults(pipeline)


def test_a_template_that_is_given_something_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"plan\.yml: unknown \['env'\], missing \['environment', 'after'\]"):
        expanded(ROOT / "pipelines" / "stages" / "plan.yml", {"env": "dev"})


def test_every_template_is_used() -> None:
    files = [ROOT / "azure-pipelines.yml", *(ROOT / "pipelines").rglob("*.yml")]
    named = {
        (path.parent / each["template"].replace("${{ parameters.environment }}", name)).resolve()
        for path in files
        for each in mappings(document(path))
        if "template" in each
        for name in ("dev", "prod")
    }
    roots = {ROOT / "azure-pipelines.yml", ROOT / "pipelines" / "drift.yml", ROOT / "pipelines" / "rollback.yml"}
    assert named == set(files) - roots


@pytest.mark.parametrize("name", PIPELINES)
def test_whatever_talks_to_azure_does_so_as_the_connection_of_its_environment(name: str) -> None:
    connections = {f"textnlp-{each.name}" for each in TOPOLOGY.environments}
    tasks = [each for each in mappings(PIPELINES[name]) if str(each.get("task", "")).startswith("Azure")]
    assert tasks
    assert {each["inputs"]["azureSubscription"] for each in tasks} <= connections
    assert not [each for each in mappings(PIPELINES[name]) if each.get("persistCredentials") is True]


def test_production_is_asked_for_and_comes_after_dev_and_its_plan() -> None:
    after = {stage["stage"]: stage["dependsOn"] for stage in RELEASE["stages"]}
    assert after == {
        "check": [],
        "images": "check",
        "plan_dev": "images",
        "dev": "plan_dev",
        "plan_prod": "dev",
        "prod": "plan_prod",
    }
    assert {job["environment"] for job in _stage("prod")["jobs"]} == {"textnlp-prod"}
    assert "refs/heads/main" in _stage("images")["condition"]


def test_the_canary_takes_the_declared_steps_and_each_is_looked_at() -> None:
    strategy = _stage("prod")["jobs"][1]["strategy"]["canary"]
    assert tuple(strategy["increments"]) == TOPOLOGY.canary_percentages
    hooks = {name: [c for s in scripts(strategy[name]) for c in commands(s)] for name in ("deploy", "postRouteTraffic")}
    assert ("kubectl", "apply", "--kustomize", "k8s/canary/@strategy.increment") in hooks["deploy"]
    assert [c[:3] for c in hooks["postRouteTraffic"] if c[0] == "textnlp"] == [("textnlp", "azure", "gate")]
    assert {"failure", "success"} == set(strategy["on"])


def test_every_declared_environment_is_compared_every_night() -> None:
    drift = PIPELINES["pipelines/drift.yml"]
    assert drift["schedules"][0]["always"] is True
    asked = [c[-1] for script in scripts(drift) for c in commands(script) if c[:3] == ("textnlp", "azure", "drift")]
    assert asked == [each.name for each in TOPOLOGY.environments]


def test_every_declared_image_is_built_from_its_own_file_and_published() -> None:
    template = document(ROOT / "pipelines" / "stages" / "images.yml")
    images = template["parameters"][0]["default"]
    declared = {image for process in TOPOLOGY.processes for image in process.images}
    assert {each["name"] for each in images} == declared
    published = document(ROOT / "pipelines" / "steps" / "publish.yml")["parameters"][1]["default"]
    assert set(published) == declared
    for each in images:
        file = (
            read_dockerfile(ROOT / each["file"], target=each["target"])
            if each["target"]
            else read_dockerfile(ROOT / each["file"])
        )
        defaults = dict(words.split("=", 1) for words in file.anywhere("ARG") if "=" in words)
        assert defaults[each["argument"]] == each["base"]


@pytest.mark.parametrize("name", [each.name for each in TOPOLOGY.environments])
def test_names_are_those_of_the_templates(name: str) -> None:
    known = environment(name)
    found = {resource.type: resource for resource in reversed(list(build_estate(known).resources()))}
    cluster = found["Microsoft.ContainerService/managedClusters"]
    assert cluster.group is not None
    assert document(ROOT / "pipelines" / "variables" / f"{name}.yml")["variables"] == {
        "REGISTRY": found["Microsoft.ContainerRegistry/registries"].name,
        "CLUSTER": cluster.name,
        "CLUSTER_GROUP": cluster.group.name,
        "NAMESPACE": known.namespace,
    }


def test_the_recovery_region_gets_the_version_that_all_have_and_is_left_alone_when_it_serves() -> None:
    known = environment("prod")
    (cluster,) = [
        each
        for each in build_estate(known).resources()
        if each.type == "Microsoft.ContainerService/managedClusters" and each.location == known.regions[1].name
    ]
    assert cluster.group is not None
    names = {"CLUSTER": cluster.name, "CLUSTER_GROUP": cluster.group.name}
    assert document(ROOT / "pipelines" / "variables" / "prod-centralus.yml")["variables"] == names
    job = _stage("prod")["jobs"][2]
    assert (job["deployment"], job["dependsOn"]) == ("recovery", "canary")
    assert {each["name"]: each["value"] for each in job["variables"]} == names


@pytest.mark.parametrize("command", _of("textnlp", ".venv/bin/textnlp"), ids=" ".join)
def test_the_command_line_takes_every_command(command: Command) -> None:
    group = cast("click.Command", command_group())
    words = list(command[1:])
    context = click.Context(group, info_name="textnlp")
    while isinstance(group, click.Group):
        name, found, words = group.resolve_command(context, words)
        assert found is not None, command
        group, context = found, click.Context(found, parent=context, info_name=name)
    assert group.make_context(group.name, words, parent=context.parent).params


@pytest.mark.parametrize("target", sorted({command[1] for command in _of("make")}))
def test_make_has_every_target(target: str) -> None:
    done = subprocess.run([_MAKE, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_tool_takes_its_arguments() -> None:
    asked = [command for command in _of("python") if command[1:3] == ("-m", "tools.pin_images")]
    assert asked == _of("python")
    for command in asked:
        assert (ROOT / pin_images().parse_args(command[3:]).folder / "kustomization.yaml").is_file()


@cache
def _kubectl_help(verb: str) -> str:
    told = subprocess.run([_KUBECTL, *verb.split(), "--help"], capture_output=True, text=True, check=True).stdout
    return told + subprocess.run([_KUBECTL, "options"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", _of("kubectl"), ids=" ".join)
def test_kubectl_knows_every_option(command: Command) -> None:
    verb = " ".join(command[1:3]) if command[1] == "rollout" else command[1]
    told = _kubectl_help(verb)
    assert f"kubectl {verb}" in told
    for word in command:
        if word.startswith("--"):
            assert f"{word.partition('=')[0]}=" in told, word


def _named_places() -> Iterator[str]:
    for command in COMMANDS:
        for word in command:
            yield from [word] if _PLACES.fullmatch(word) else []


def test_every_path_that_a_command_names_is_there() -> None:
    places = set(_named_places())
    assert {"k8s/overlays/prod", "k8s/canary/10", "k8s/canary/50", "infra/rendered", "docker/Dockerfile"} <= places
    assert sorted(place for place in places if not (ROOT / place).exists()) == []


def test_every_program_that_agents_must_have_is_on_the_page() -> None:
    programs = {command[0] for command in COMMANDS} - _OF_THE_SHELL - _OURS
    assert programs == {"az", "docker", "git", "kubelogin", "notation", "oras", "trivy"}
    assert [program for program in programs if f"`{program}`" not in PAGE] == []


def test_the_page_tells_the_declared_gate() -> None:
    gate, (*first, last) = TOPOLOGY.canary_gate, TOPOLOGY.canary_percentages
    steps = f"on {', '.join(map(str, first))} and {last} percent of the calls"
    row = (
        f"after {gate.window_minutes} minutes or more: at least {gate.least_calls} calls in the last "
        f"{gate.window_minutes} minutes, no more than {gate.most_error_percent:g}% of them"
    )
    assert [text for text in (steps, row) if text not in PAGE] == []


def test_every_variable_of_a_script_is_declared_or_on_the_page() -> None:
    used = {name for pipeline in PIPELINES.values() for each in scripts(pipeline) for name in _variables(each)}
    declared = set(document(ROOT / "pipelines" / "variables" / "prod.yml")["variables"]) | {"REVISION"}
    assert used - declared == {"SIGNING_KEY"}
    assert "`SIGNING_KEY`" in PAGE


def _variables(script: str) -> set[str]:
    set_here = set(re.findall(r"export (\w+)=", script))
    return set(re.findall(r"\$([A-Z_]+)\b", script)) - set_here - {"PWD", "PATH"}


def test_the_workflow_may_read_and_no_more_and_trusts_no_tag() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", each)] == []
    for job in WORKFLOW["jobs"].values():
        assert job["timeout-minutes"] <= 90
        assert job["steps"][0]["with"]["persist-credentials"] is False
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in WORKFLOW["jobs"].items()}
    assert runs == {"ubuntu": ["make check", "make audit", "make test"], "debian": ["make check", "make test"]}
