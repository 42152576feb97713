"""LiteLLM's proxy and the platform before the same model, by turns."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvloop
from batch_run import stub
from gateway import litellm, platform
from load import Load, Target, load, median

OURS = 1_500
THEIRS = 300


@dataclass(frozen=True, slots=True)
class GatewayTrials:
    """CPU seconds for 1,000 calls, of the servers alone, and what callers met."""

    ours: list[float]
    theirs: list[float]
    quality: tuple[str, str]
    question: str = (
        "1,000 chat completions from 16 connections through a gateway that checks a key, to a model that answers at "
        "once; TextNLP reserves and settles each call in its ledger, LiteLLM runs one worker without a database"
    )


def spent(process: psutil.Process) -> float:
    """Return the CPU seconds of a process, of those below it, and of those that have ended below it."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def measured(target: Target, process: psutil.Process, *, requests: int) -> tuple[float, Load]:
    """Ask, and return CPU seconds for 1,000 calls."""
    before = spent(process)
    met = uvloop.run(load(target, requests=requests))
    return (spent(process) - before) / requests * 1000, met


def gateway_trials(program: str, *, rounds: int) -> GatewayTrials:
    """Ask both by turns."""
    ours, theirs, met = list[float](), list[float](), (list[Load](), list[Load]())
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as name, stub("--latency", "0") as base_url:
        folder = Path(name)
        folder.chmod(0o755)
        environment = {**os.environ, "TEXTNLP_DATA_DIR": str(folder / "data")}
        with platform(base_url, environment) as (process, own), litellm(program, base_url, folder) as (other, proxy):
            pairs = ((own, process.pid, OURS, ours, met[0]), (other, proxy.pid, THEIRS, theirs, met[1]))
            for target, *_ in pairs:
                uvloop.run(load(target, requests=100))
            for _ in range(rounds):
                for target, pid, requests, costs, loads in pairs:
                    cost, one = measured(target, psutil.Process(pid), requests=requests)
                    costs.append(cost)
                    loads.append(one)
    ours_met, theirs_met = (f"{median(each).per_second:,.0f} calls/s" for each in met)
    return GatewayTrials(ours, theirs, (ours_met, theirs_met))
