"""An agent of Azure DevOps that runs the scripts of a pipeline in a folder, with stand-ins for every program they call.

What it knows of jobs, artifacts and the hooks of a deployment is what the pipelines here use; after
learn.microsoft.com/azure/devops/pipelines/process. A script ends with the exit code of its last command, as the service
runs bash without `-e`. The stand-ins write down how they were called, and answer what the real program would.
"""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.architecture.source_tree import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
_ZEROS = "00000000-0000-0000-0000-000000000000"
_SOURCES = ("k8s", "tools")
_PROGRAMS = ("az", "docker", "git", "kubelogin", "make", "notation", "oras", "trivy")
_OURS = ("kubectl", "python", "textnlp")
_KUBECTL = Path(sys.executable).with_name("kubectl")
STAND_IN = Path(__file__).with_name("stand_in.sh")
_BASH = "/bin/bash"


@dataclass(slots=True)
class Agent:
    """An agent with a folder of its own.

    Attributes:
        fails, fails_round: shell pattern of command lines that fail, from the how manieth on.
        fails_at: which call fails, the first one is 1; None for none.
        running: how many replicas of the API the cluster says that it has.
        is_real: whether kustomize and our own tools are the real ones.
        artifacts: files of each published artifact, by its name.
    """

    folder: Path
    fails: str = ""
    fails_round: int = 1
    fails_at: int | None = None
    running: str = ""
    is_real: bool = False
    artifacts: set[str] = field(default_factory=set[str])
    told: str = ""

    def __post_init__(self) -> None:
        """Put the sources and the stand-ins there."""
        for place, programs in ((self.sources / ".venv" / "bin", _OURS), (self.folder / "bin", _PROGRAMS)):
            place.mkdir(parents=True)
            for program in programs:
                shutil.copyfile(STAND_IN, place / program)
                (place / program).chmod(0o755)
        (self.folder / "calls").touch()

    @property
    def sources(self) -> Path:
        """Where the repository is checked out."""
        return self.folder / "s"

    @property
    def calls(self) -> list[tuple[str, ...]]:
        """How programs were called, in order; what sets an agent up is left out."""
        lines = (self.folder / "calls").read_text().splitlines()
        called = [tuple(shlex.split(line)) for line in lines]
        return [call for call in called if call != ("make", ".venv/.development")]

    @property
    def applied(self) -> str:
        """What the last `kubectl apply --kustomize` of an overlay sent."""
        return (self.folder / "applied.yaml").read_text()

    def run(self, script: str, variables: Mapping[str, str]) -> bool:
        """Run one script and return whether it succeeded."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "PYTHONPATH": f"{self.sources}:{ROOT / 'src'}",
            "CALLS": str(self.folder / "calls"),
            "CLUSTER_STATE": str(self.folder / "deployments.json"),
            "APPLIED": str(self.folder / "applied.yaml"),
            "RUNNING": self.running,
            "FAILS": self.fails,
            "FAILS_ROUND": str(self.fails_round),
            "FAILS_AT": "" if self.fails_at is None else str(self.fails_at),
            "SUBSCRIPTION": _SUBSCRIPTION,
            "KUBECTL": str(_KUBECTL) if self.is_real else "",
            "PYTHON": sys.executable if self.is_real else "",
            **variables,
        }
        macros = {
            "Build.SourceVersion": COMMIT,
            "Pipeline.Workspace": str(self.folder),
            "strategy.increment": variables.get("increment", ""),
        }
        text = re.sub(r"\$\(([A-Za-z.]+)\)", lambda found: macros.get(found[1], found[0]), script)
        done = subprocess.run(
            [_BASH, "--noprofile", "--norc", "-c", text],
            cwd=self.sources,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.told += done.stdout + done.stderr
        return done.returncode == 0

    def steps(self, steps: Sequence[Any], variables: Mapping[str, str]) -> bool:
        """Run the steps of a job until one fails."""
        return all(self._step(step, variables) for step in steps)

    def _step(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> bool:
        if "script" in step:
            return self.run(step["script"], variables)
        if step.get("task") == "AzureCLI@2":
            return self.run(step["inputs"]["inlineScript"], variables)
        if "checkout" in step:
            self._check_out()
        elif "publish" in step:
            shutil.copytree(self.sources / step["publish"], self.folder / step["artifact"])
            shutil.rmtree(self.sources / step["publish"])
            self.artifacts.add(step["artifact"])
        elif "artifact" in step:
            return step["artifact"] in self.artifacts
        return True

    def _check_out(self) -> None:
        """Bring the files of the commit back, with identifiers as a deployment would have made them."""
        for name in _SOURCES if self.is_real else ():
            shutil.copytree(ROOT / name, self.sources / name, dirs_exist_ok=True)
        for path in (self.sources / "k8s").rglob("*.env"):
            path.write_text(path.read_text().replace(_ZEROS, _SUBSCRIPTION))


def run_pipeline(pipeline: Mapping[str, Any], agent: Agent, **more: str) -> dict[str, bool]:
    """Run a pipeline and return which of its jobs succeeded, by `stage.job`; those never begun are not in it."""
    ended: dict[str, bool] = {}
    stages = pipeline.get("stages") or [{"stage": "", "jobs": pipeline["jobs"]}]
    well: dict[str, bool] = {}
    for stage in stages:
        needs: str | list[str] = stage.get("dependsOn") or []
        if all(well.get(name, False) for name in ([needs] if isinstance(needs, str) else needs)):
            jobs = dict(_jobs(stage, agent, more))
            ended |= {f"{stage['stage']}.{name}": is_well for name, is_well in jobs.items()}
            well[stage["stage"]] = all(jobs.values()) and len(jobs) == len(stage["jobs"])
    return ended


def _jobs(stage: Mapping[str, Any], agent: Agent, more: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    ended: dict[str, bool] = {}
    for job in stage["jobs"]:
        name = job.get("job") or job["deployment"]
        if job.get("dependsOn") and not ended.get(job["dependsOn"], False):
            continue
        variables = {**more, **_variables(stage), **_variables(job)}
        ended[name] = (
            _deployed(job["strategy"], agent, variables) if "strategy" in job else agent.steps(job["steps"], variables)
        )
        yield name, ended[name]


def _deployed(strategy: Mapping[str, Any], agent: Agent, variables: Mapping[str, str]) -> bool:
    (hooks,) = strategy.values()
    rounds: list[dict[str, str]] = [{"increment": str(each)} for each in hooks.get("increments", [])] or [{}]
    planned: list[tuple[str, dict[str, str]]] = [("preDeploy", {})]
    planned += [(hook, each) for each in rounds for hook in ("deploy", "routeTraffic", "postRouteTraffic")]
    is_well = all(agent.steps(hooks[hook]["steps"], {**variables, **each}) for hook, each in planned if hook in hooks)
    after = hooks.get("on", {}).get("success" if is_well else "failure", {"steps": []})
    return agent.steps(after["steps"], variables) and is_well


def _variables(place: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: str(each["value"]) for each in place.get("variables", []) if "name" in each}
