"""The scripts of the pipelines, run with stand-ins for every program that they call: order, arguments, and what stops.

It proves the scripts and how they hang together, not what Azure, a registry or a cluster would do.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source_tree import ROOT
from tests.infra.pipeline_agent import COMMIT, STAND_IN, Agent, run_pipeline
from tests.infra.pipeline_documents import PIPELINES, document, scripts
from textnlp.topology.catalog import TOPOLOGY

_RELEASE = PIPELINES["azure-pipelines.yml"]
_WORKFLOW = document(ROOT / ".github" / "workflows" / "ci.yml")
_SHELLCHECK = Path(sys.executable).with_name("shellcheck")
_KEY = "https://kv.example/keys/sign/1"
_REGISTRY = "crtextnlpprodeus2"
_IMAGES = ("api", "worker", "validation", "generation", "functions")
_OLD = f"sha256:{'0' * 64}"
_GROUP = {"SIGNING_KEY": _KEY}
_GATE = f"textnlp azure gate --env prod --revision {COMMIT}"


def _every_script() -> dict[str, str]:
    found = [script for pipeline in (*PIPELINES.values(), _WORKFLOW) for script in scripts(pipeline)]
    lasts = ((script, script.strip().splitlines()[-1].strip()[:60]) for script in dict.fromkeys(found))
    return {f"{place} {last}": script for place, (script, last) in enumerate(lasts)}


_SCRIPTS = _every_script()
_ALIKE = re.compile(
    r"image/[a-z.]+|textnlp-[a-z]+:|target \"\w*\"|base=\S+|file docker/\S+|[A-Z]+_IMAGE|\b(dev|prod)\b"
)
"""What scripts for one image or environment and for another differ by."""
_KINDS = {_ALIKE.sub("", script): name for name, script in _SCRIPTS.items()}.values()


def _stage(name: str, job: str) -> dict[str, Any]:
    """Return a pipeline of one job."""
    (stage,) = [each for each in _RELEASE["stages"] if each["stage"] == name]
    (found,) = [each for each in stage["jobs"] if job in {each.get("job"), each.get("deployment")}]
    return {"stages": [{**stage, "dependsOn": [], "jobs": [{**found, "dependsOn": None}]}]}


def _called(agent: Agent, *programs: str) -> list[str]:
    return [" ".join(call) for call in agent.calls if call[0] in programs]


def _digest(of: str) -> str:
    return f"sha256:{hashlib.sha256(of.encode()).hexdigest()}"


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path / "agent")


@pytest.fixture
def production(tmp_path: Path) -> Agent:
    """An agent with the real manifests and tools, and a cluster that runs images of an earlier commit."""
    agent = Agent(tmp_path / "agent", is_real=True)
    names = [f"{_REGISTRY}.azurecr.io/textnlp-{image}@{_OLD}" for image in _IMAGES]
    pods = {"containers": [{"image": name} for name in names]}
    state = {"items": [{"spec": {"template": {"spec": pods}}}]}
    (agent.folder / "deployments.json").write_text(json.dumps(state))
    return agent


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    files = [tmp_path / f"{place}.sh" for place in range(len(_SCRIPTS))]
    for file, script in zip(files, _SCRIPTS.values(), strict=True):
        file.write_text(f"#!/bin/bash\n{_plain(script)}\n")
        assert subprocess.run(["/bin/bash", "-n", file], capture_output=True, text=True, check=False).stderr == ""
    done = subprocess.run([_SHELLCHECK, STAND_IN, *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_shellcheck_would_say_something(tmp_path: Path) -> None:
    file = tmp_path / "script.sh"
    file.write_text('#!/bin/bash\nexport SUBSCRIPTION="$(az account show)"\n')
    done = subprocess.run([_SHELLCHECK, file], capture_output=True, text=True, check=False)
    assert "SC2155" in done.stdout, "az may fail, and nobody would know"


def _plain(script: str) -> str:
    """Put words where the service puts values before the shell sees them."""
    for macro in ("Build.SourceVersion", "Pipeline.Workspace", "strategy.increment"):
        script = script.replace(f"$({macro})", "value")
    return script


@pytest.mark.parametrize("name", _KINDS)
def test_a_script_ends_at_the_first_program_that_fails(name: str, tmp_path: Path) -> None:
    script, variables = _SCRIPTS[name], {**_GROUP, **_names("prod"), "REVISION": COMMIT}
    agent = _ready(tmp_path / "well", script)
    assert agent.run(script, variables), agent.told
    programs = [call[:2] for call in agent.calls]
    for program in dict.fromkeys(programs):
        place = programs.index(program) + 1
        failing = _ready(tmp_path / str(place), script)
        failing.fails_at = place
        assert not failing.run(script, variables), program
        assert [call[:2] for call in failing.calls] == programs[:place]


def _ready(folder: Path, script: str) -> Agent:
    """Return an agent to which every image was brought; those of its own job are there unless the script makes them."""
    agent = _with_images(Agent(folder))
    if "mkdir image" not in script:
        _put_images(agent.sources / "image")
    return agent


def _with_images(agent: Agent) -> Agent:
    for image in _IMAGES:
        agent.artifacts.add(f"image-{image}")
        _put_images(agent.folder / f"image-{image}")
    return agent


def _put_images(place: Path) -> None:
    place.mkdir()
    for image in _IMAGES:
        for end in ("tar", "cdx.json"):
            (place / f"{image}.{end}").touch()


def _names(environment: str) -> dict[str, str]:
    return document(ROOT / "pipelines" / "variables" / f"{environment}.yml")["variables"]


def test_an_image_is_built_on_a_digest_scanned_and_kept_in_this_order(agent: Agent) -> None:
    ended = run_pipeline(_stage("images", "api"), agent)
    assert ended == {"images.api": True}
    inspect, build, scan, parts = agent.calls
    assert inspect[:5] == ("docker", "buildx", "imagetools", "inspect", "python:3.11-slim-bookworm")
    given = {"PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:base", f"REVISION={COMMIT}", f"textnlp-api:{COMMIT}"}
    assert given <= set(build)
    assert " ".join(scan).endswith("--input image/api.tar --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1")
    assert " ".join(parts).endswith("--input image/api.tar --format cyclonedx --output image/api.cdx.json")
    assert sorted(path.name for path in (agent.folder / "image-api").iterdir()) == ["api.cdx.json", "api.tar"]


def test_an_image_that_the_scan_finds_fault_with_is_kept_nowhere_and_nothing_is_deployed(agent: Agent) -> None:
    agent.fails = "trivy image --input image/worker.tar --severity*"
    ended = run_pipeline(_RELEASE, agent, **_GROUP)
    assert ended["images.worker"] is False
    assert "image-worker" not in agent.artifacts
    assert not [name for name in ended if name.startswith(("plan_", "dev", "prod"))]
    assert not _called(agent, "oras", "notation", "kubectl", "kubelogin")


def test_a_change_that_a_check_refuses_is_not_built(agent: Agent) -> None:
    agent.fails = "git diff --exit-code infra/rendered"
    ended = run_pipeline(_RELEASE, agent, **_GROUP)
    assert {name for name, is_well in ended.items() if not is_well} == {"check.estate"}
    assert not _called(agent, "docker")


def test_nothing_is_deployed_when_azure_refuses_the_what_if(agent: Agent) -> None:
    agent.fails = "textnlp azure what-if --env dev"
    ended = run_pipeline(_RELEASE, agent, **_GROUP)
    assert ended["plan_dev.what_if"] is False
    assert "textnlp azure deploy --env dev" not in _called(agent, "textnlp")
    assert not _called(agent, "oras", "kubectl")


def test_images_and_the_lists_of_their_parts_are_published_and_signed_by_digest(agent: Agent) -> None:
    assert all(run_pipeline(_stage("dev", "dev"), _with_images(agent), **_GROUP).values()), agent.told
    calls = _called(agent, "az", "oras", "notation")
    begins, ends = calls.index("az acr login --name crtextnlpdeveus2"), _place_of("az aks", calls)
    attach = "oras attach --artifact-type application/vnd.cyclonedx+json --format go-template={{.digest}}"
    expected: list[str] = []
    for image in _IMAGES:
        to = f"crtextnlpdeveus2.azurecr.io/textnlp-{image}"
        signed = f"{to}@{_digest(f'{to}:{COMMIT}')}"
        sign = f"notation sign --plugin azure-kv --id {_KEY} --plugin-config credential_type=azurecli"
        expected += [
            f"oras cp --from-oci-layout {agent.folder}/image-{image}/{image}.tar:{COMMIT} {to}:{COMMIT}",
            f"oras resolve {to}:{COMMIT}",
            f"{attach} {signed} {image}.cdx.json:application/vnd.cyclonedx+json",
            f"{sign} {signed}",
            f"{sign} {to}@sha256:parts",
        ]
    assert [call for call in calls[begins + 1 : ends] if "account show" not in call] == expected


def _place_of(beginning: str, calls: list[str]) -> int:
    return next(place for place, call in enumerate(calls) if call.startswith(beginning))


def test_an_image_that_is_not_signed_stops_the_release(agent: Agent) -> None:
    agent.fails = "notation sign*textnlp-worker@*"
    ended = run_pipeline(_RELEASE, agent, **_GROUP)
    assert ended["dev.dev"] is False
    assert not [name for name in ended if name.startswith(("plan_prod", "prod"))]
    assert not _called(agent, "kubectl")


def test_migrations_end_before_the_version_begins(agent: Agent) -> None:
    run_pipeline(_stage("dev", "dev"), _with_images(agent), **_GROUP)
    place = "--namespace development"
    assert _called(agent, "kubectl") == [
        "kubectl kustomize k8s/overlays/dev",
        f"kubectl delete job migrations {place} --ignore-not-found",
        "kubectl apply --filename release.yaml --selector textnlp.io/applied=first",
        f"kubectl wait --for=condition=complete job/migrations {place} --timeout=15m",
        "kubectl apply --filename release.yaml",
        f"kubectl rollout status deployment/api {place} --timeout=10m",
    ]


def test_a_release_with_identifiers_that_nobody_filled_in_stops(production: Agent) -> None:
    shutil.copytree(ROOT / "k8s", production.sources / "k8s")
    shutil.copytree(ROOT / "tools", production.sources / "tools")
    (script,) = [
        each for each in _SCRIPTS.values() if "k8s/overlays/dev > release.yaml" in each and "migrations --n" in each
    ]
    assert not production.run(script, _names("dev"))
    assert "00000000-0000-0000-0000" in production.told
    assert not [call for call in _called(production, "kubectl") if "apply" in call]


def test_a_canary_takes_its_steps_and_then_all_have_the_version(agent: Agent) -> None:
    assert run_pipeline(_stage("prod", "canary"), agent, **_GROUP) == {"prod.canary": True}, agent.told
    assert _released(agent) == [
        *(call for step in TOPOLOGY.canary_percentages for call in _round(step)),
        "kubectl apply --kustomize k8s/canary/50",
        _status("api"),
        *_WITHOUT_CANARY,
    ]


def test_what_a_canary_proved_runs_everywhere_in_the_end(production: Agent) -> None:
    assert run_pipeline(_one_step(), production, **_GROUP) == {"prod.canary": True}, production.told
    assert set(_images(production).values()) == {_new(image) for image in _IMAGES if image != "functions"}


def test_a_canary_that_does_badly_leaves_production_as_it_was(production: Agent) -> None:
    production.fails = _GATE
    assert run_pipeline(_one_step(), production, **_GROUP) == {"prod.canary": False}
    assert _released(production)[-2:] == list(_WITHOUT_CANARY)
    assert {digest for name, digest in _images(production).items() if name != "migrations"} == {_OLD}


@pytest.mark.parametrize("step", TOPOLOGY.canary_percentages)
def test_a_canary_is_rejected_at_the_step_at_which_it_does_badly(agent: Agent, step: int) -> None:
    taken = TOPOLOGY.canary_percentages[: TOPOLOGY.canary_percentages.index(step) + 1]
    agent.fails, agent.fails_round = _GATE, len(taken)
    assert run_pipeline(_stage("prod", "canary"), agent, **_GROUP) == {"prod.canary": False}
    assert _released(agent) == [*(call for each in taken for call in _round(each)), *_WITHOUT_CANARY]


_WITHOUT_CANARY = (
    "kubectl apply --kustomize k8s/overlays/prod",
    "kubectl delete deployment,hpa,pdb --namespace production --selector textnlp.io/track=canary",
)


def _one_step() -> dict[str, Any]:
    pipeline = _stage("prod", "canary")
    (job,) = pipeline["stages"][0]["jobs"]
    canary = {**job["strategy"]["canary"], "increments": list(TOPOLOGY.canary_percentages[:1])}
    return {"stages": [{**pipeline["stages"][0], "jobs": [{**job, "strategy": {"canary": canary}}]}]}


def _status(deployment: str) -> str:
    return f"kubectl rollout status deployment/{deployment} --namespace production --timeout=10m"


def _round(step: int) -> list[str]:
    return [f"kubectl apply --kustomize k8s/canary/{step}", _status("api-canary"), _GATE]


def _released(agent: Agent) -> list[str]:
    """Return what was done once the database was migrated."""
    told = [call for call in _called(agent, "kubectl", "textnlp") if " get " not in call]
    return told[_place_of("kubectl wait", told) + 1 :]


def _images(agent: Agent) -> dict[str, str]:
    """Return the digest that each of the objects that make pods was last sent with, by their name."""
    return {name: image.partition("@")[2] for name, image in _sent(agent)}


def _sent(agent: Agent) -> Iterator[tuple[str, str]]:
    for each in yaml.load_all(agent.applied, Loader=yaml.CSafeLoader):
        pod = each.get("spec", {}).get("template", {}).get("spec", {})
        for container in (*pod.get("initContainers", []), *pod.get("containers", [])):
            if f"{_REGISTRY}." in container["image"]:
                name = each["metadata"]["name"]
                yield name if container["name"] == name else f"{name} {container['name']}", container["image"]


def _new(image: str) -> str:
    return _digest(f"{_REGISTRY}.azurecr.io/textnlp-{image}:{COMMIT}")


def test_the_recovery_region_gets_nothing_that_was_rejected(agent: Agent) -> None:
    agent.fails = _GATE
    ended = run_pipeline(_RELEASE, agent, **_GROUP)
    assert ended["prod.canary"] is False
    assert "prod.recovery" not in ended
    assert "kubectl kustomize k8s/standby" not in _called(agent, "kubectl")


def test_a_whole_release_ends_with_the_recovery_region(agent: Agent) -> None:
    assert all(run_pipeline(_RELEASE, agent, **_GROUP).values()), agent.told
    assert _called(agent, "kubectl")[-2:] == [
        "kubectl kustomize k8s/standby",
        "kubectl apply --filename standby.yaml",
    ]
    assert [call for call in _called(agent, "az") if "aks" in call][-1].startswith(
        "az aks get-credentials --name aks-textnlp-prod-cus --resource-group rg-textnlp-prod-cus-platform"
    )


def test_a_recovery_region_that_serves_is_left_alone(agent: Agent) -> None:
    agent.running = "3"
    assert run_pipeline(_stage("prod", "recovery"), agent) == {"prod.recovery": False}
    assert [call for call in _called(agent, "kubectl") if "apply" in call] == []
    assert "the recovery region serves" in agent.told


@pytest.mark.parametrize("environment", [each.name for each in TOPOLOGY.environments])
def test_a_rollback_brings_manifests_and_images_of_the_commit_and_no_migration(agent: Agent, environment: str) -> None:
    assert run_pipeline(PIPELINES[f"pipelines/rollback.yml {environment}"], agent) == {"rollback.rollback": True}
    names, revision = _names(environment), "0" * 40
    assert _called(agent, "git", "python", "kubectl") == [
        f"git checkout --quiet {revision} -- k8s",
        f"python -m tools.pin_images k8s/overlays/{environment}/workloads --tag {revision}",
        f"kubectl kustomize k8s/overlays/{environment}",
        "kubectl apply --filename release.yaml --selector app.kubernetes.io/name!=migrations",
        f"kubectl rollout status deployment/api --namespace {names['NAMESPACE']} --timeout=10m",
        f"kubectl delete deployment,hpa,pdb --namespace {names['NAMESPACE']} --selector textnlp.io/track=canary",
    ]


@pytest.mark.parametrize("revision", ["", "main", "0" * 39, f"{'0' * 40}; rm -rf k8s", "$(id)"])
def test_a_rollback_to_what_is_no_commit_touches_nothing(agent: Agent, revision: str) -> None:
    (script,) = [each for each in _SCRIPTS.values() if "git checkout" in each and "overlays/prod" in each]
    assert not agent.run(script, {**_names("prod"), "REVISION": revision})
    assert not _called(agent, "git", "python")
    assert not [call for call in _called(agent, "kubectl") if "apply" in call]


def test_drift_of_one_environment_does_not_hide_that_of_another(agent: Agent) -> None:
    agent.fails = "textnlp azure drift --env dev"
    assert run_pipeline(PIPELINES["pipelines/drift.yml"], agent) == {".drift_dev": False, ".drift_prod": True}
    assert _called(agent, "textnlp") == [f"textnlp azure drift --env {each.name}" for each in TOPOLOGY.environments]
