import json
import shutil
from pathlib import Path

import pytest
from tools.pin_images import main, pinned, running_digests

from tests.infra.manifests import FOLDER

_WORKLOADS = FOLDER / "overlays" / "prod" / "workloads"
_PLACE = "crtextnlpprodeus2.azurecr.io/textnlp-"
OLD, NEW = (f"sha256:{digit * 64}" for digit in "ab")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(_WORKLOADS / "kustomization.yaml", tmp_path)
    return tmp_path


def program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program first on the path, in place of one that needs a registry or a cluster."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def deployments(**images: str) -> str:
    """Return deployments as kubectl lists them; each has an image, and the same again as sidecar."""
    containers = [[{"image": f"{_PLACE}{name}@{digest}"}] for name, digest in images.items()]
    pods = [{"containers": each, "initContainers": each} for each in containers]
    return json.dumps({"items": [{"spec": {"template": {"spec": pod}}} for pod in pods]})


def test_the_registry_says_which_image_has_a_tag(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(folder, "oras", f'echo "$@" >> {folder}/asked; echo {NEW}', monkeypatch)
    before = (folder / "kustomization.yaml").read_text()
    assert main([str(folder), "--tag", "0a1b", "--only", "textnlp-worker"]) == 0
    assert (folder / "asked").read_text() == f"resolve {_PLACE}worker:0a1b\n"
    after = (folder / "kustomization.yaml").read_text()
    worker = f"{{name: textnlp-worker, newName: {_PLACE}worker, "
    assert after == before.replace(f"{worker}newTag: 0.1.0}}", f"{worker}digest: {NEW}}}")
    assert f"digest: {NEW}" in capsys.readouterr().out


def test_the_cluster_says_what_runs_and_a_release_is_put_on_top(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = deployments(api=OLD, worker=OLD, validation=OLD, generation=OLD)
    (folder / "running.json").write_text(running)
    program(folder, "kubectl", f"cat {folder}/running.json", monkeypatch)
    program(folder, "oras", f"echo {NEW}", monkeypatch)
    assert main([str(folder), "--running", "production"]) == 0
    assert (folder / "kustomization.yaml").read_text().count(OLD) == 5
    assert main([str(folder), "--tag", "0a1b", "--only", "textnlp-migrations"]) == 0
    text = (folder / "kustomization.yaml").read_text()
    assert f"textnlp-api, newName: {_PLACE}api, digest: {OLD}" in text
    assert f"textnlp-migrations, newName: {_PLACE}api, digest: {NEW}" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--tag", "0a1b"], "oras ended with 3: no such tag"),
        (["--running", "production"], f"'nothing runs {_PLACE}worker' is no digest"),
    ],
)
def test_what_cannot_be_told_changes_nothing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    (folder / "running.json").write_text(deployments(api=OLD))
    program(folder, "kubectl", f"cat {folder}/running.json", monkeypatch)
    program(folder, "oras", "echo no such tag >&2; exit 3", monkeypatch)
    before = (folder / "kustomization.yaml").read_text()
    assert main([str(folder), *words]) == 1
    assert told in capsys.readouterr().err
    assert (folder / "kustomization.yaml").read_text() == before


def test_two_digests_of_one_image_are_no_answer() -> None:
    listed = json.loads(deployments(api=OLD))
    listed["items"] += json.loads(deployments(api=NEW))["items"]
    with pytest.raises(ValueError, match="end the release under way first"):
        running_digests(json.dumps(listed))


def test_a_name_that_the_file_does_not_have_is_refused_with_those_that_it_has() -> None:
    text = (_WORKLOADS / "kustomization.yaml").read_text()
    with pytest.raises(ValueError, match="has no image textnlp-ap; there are textnlp-api, "):
        pinned(text, lambda _: NEW, ["textnlp-ap"])


@pytest.mark.parametrize("place", ["overlays/dev/workloads", "overlays/prod/workloads", "canary/server"])
def test_every_image_of_the_manifests_can_be_pinned(place: str) -> None:
    text = (FOLDER / place / "kustomization.yaml").read_text()
    assert pinned(text, lambda _: NEW).count(NEW) == text.count("newName")
    assert "newTag" not in pinned(text, lambda _: NEW)
