import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.infra.dockerfile import Dockerfile, read_dockerfile, stages_of
from textnlp.cli.main import COMMANDS
from textnlp.process_runtime import ALIVE_SUFFIX, ONE_OFFS, SERVICES
from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY

_HADOLINT = Path(sys.executable).with_name("hadolint")
_FOLDER = ROOT / "docker"
_SHARED = _FOLDER / "Dockerfile"
_FILES = [_SHARED, *sorted(_FOLDER.glob("*/Dockerfile"))]
_OURS = ["api", "validation", "worker"]
"""Those that are targets of the shared file."""

_IMAGES = sorted([*_OURS, *(path.parent.name for path in _FILES[1:])])
_DATA = "/var/lib/textnlp"


def _read(image: str) -> Dockerfile:
    return read_dockerfile(_SHARED, target=image) if image in _OURS else read_dockerfile(_FOLDER / image / "Dockerfile")


def _lint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_HADOLINT, "--no-color", path], capture_output=True, text=True, check=False)


def test_every_image_of_the_declaration_has_a_dockerfile_and_no_other() -> None:
    assert sorted({image for process in TOPOLOGY.processes for image in process.images}) == _IMAGES


def test_every_stage_of_the_shared_file_is_an_image_or_what_images_are_made_of() -> None:
    stages = set(stages_of(_SHARED))
    made_of = {each for words in _read("api").anywhere("FROM") for each in words.split(" AS ")[:1]}
    copied = {words.split()[0].removeprefix("--from=") for words in _read("api").anywhere("COPY")}
    assert stages - made_of - copied == set(_OURS)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.parent.name)
def test_hadolint_has_nothing_to_say(path: Path) -> None:
    done = _lint(path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_would_say_something(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian\nRUN cd /tmp && apt-get install curl\n", encoding="utf-8")
    assert "DL3006" in _lint(path).stdout


@pytest.mark.parametrize("image", _IMAGES)
def test_an_image_runs_as_a_user_without_rights_by_number(image: str) -> None:
    assert _read(image).last("USER") == "10001:10001"


@pytest.mark.parametrize("image", _IMAGES)
def test_every_stage_is_from_an_argument_that_has_a_version_and_can_name_a_digest(image: str) -> None:
    file = _read(image)
    defaults = dict(words.split("=", 1) for words in file.anywhere("ARG") if "=" in words)
    stages = file.anywhere("FROM")
    assert len(stages) > len(file.all("FROM")), "what builds must not be in what runs"
    named = {stage.partition(" AS ")[2] for stage in stages}
    for stage in stages:
        if stage.partition(" AS ")[0] in named:
            continue
        argument = re.fullmatch(r"\$\{(\w+)\}(?: AS \w+)?", stage)
        assert argument, stage
        name = defaults[argument[1]]
        assert ":" in name, name
        assert not name.endswith(":latest"), name


@pytest.mark.parametrize("image", _IMAGES)
def test_labels_say_what_it_is_and_where_its_parts_are_listed(image: str) -> None:
    labels = _read(image).labels
    described = ("title", "description", "licenses", "version", "revision", "base.name")
    assert {f"org.opencontainers.image.{name}" for name in described} <= labels.keys()
    assert labels["org.opencontainers.image.title"] == f"textnlp-{image}"
    assert labels["io.textnlp.sbom"].startswith("/opt/textnlp/share/")


@pytest.mark.parametrize("image", _IMAGES)
def test_only_a_volume_is_written_to(image: str) -> None:
    file = _read(image)
    assert file.last("VOLUME") == f'["{_DATA}"]'
    environment = " ".join(file.all("ENV"))
    assert f"HOME={_DATA}" in environment
    assert f"TMPDIR={_DATA}" in environment


@pytest.mark.parametrize("image", _OURS)
def test_the_command_of_an_image_is_a_process_that_runs_it(image: str) -> None:
    file = _read(image)
    entry, (command, process) = file.command("ENTRYPOINT"), file.command("CMD")
    assert entry == ["textnlp"]
    assert command in COMMANDS
    assert process in SERVICES
    assert image in next(each.images for each in TOPOLOGY.processes if each.name == process)


def test_every_process_of_the_cluster_can_be_served() -> None:
    own = [p.name for p in TOPOLOGY.processes if p.host == services.CLUSTER_SERVICE and p.part_of is None]
    assert sorted([*SERVICES, *ONE_OFFS]) == sorted(own)


def test_the_api_listens_and_is_asked_where_the_declaration_says() -> None:
    file, api = _read("api"), next(each for each in TOPOLOGY.processes if each.name == "api")
    assert api.liveness is not None
    assert file.last("EXPOSE") == str(api.port)
    health = file.last("HEALTHCHECK")
    assert f"http://127.0.0.1:{api.port}{api.liveness.path}'" in health
    assert f"--start-period={api.liveness.initial_delay_seconds}s" in health
    assert f"--interval={api.liveness.period_seconds}s" in health


@pytest.mark.parametrize("image", ["validation", "worker"])
def test_a_worker_is_asked_for_its_sign_of_life(image: str) -> None:
    *_, check = _read(image).command("HEALTHCHECK")
    assert f"find {_DATA} " in check
    assert f"'*{ALIVE_SUFFIX}'" in check


def test_the_model_server_is_asked_on_its_own_port() -> None:
    file = _read("generation")
    port = file.command("ENTRYPOINT")[-1]
    assert file.last("EXPOSE") == port
    assert f"127.0.0.1:{port}/health" in file.last("HEALTHCHECK")


@pytest.mark.parametrize("image", _IMAGES)
def test_what_is_copied_in_is_let_through(image: str) -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for words in _read(image).anywhere("COPY"):
        if not words.startswith("--from="):
            assert set(words.split()[:-1]) <= allowed, words


@pytest.mark.parametrize("image", _OURS)
def test_dependencies_are_those_of_the_lock(image: str) -> None:
    syncs = [line for line in _read(image).anywhere("RUN") if " sync " in line]
    assert syncs
    assert all("--frozen" in line and "--no-dev" in line for line in syncs)
