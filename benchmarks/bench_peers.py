"""What does the same job cost with others? Each peer and the platform do it by turns, each three times.

    python benchmarks/bench_peers.py [PEER…] [--rounds 3] [--write]

Each peer is installed into an environment of its own, which is removed in the end; one that cannot be installed or run
is left out with its reason. Costs are CPU seconds of the whole program from its start to its end, with all processes it
starts (the platform's database too), since another program on the machine changes these least. `--write` puts the
table into docs/explanation/benchmarks.md.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from batch_run import ROOT, stub
from peer_gateway import gateway_trials
from peer_jobs import NEAR_JOB, PII_JOB, TEXTS_JOB, Job

PROGRAMS = ROOT / "benchmarks" / "peers"
PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"
NEWEST = "2026-11-27"
"""Releases after this day are not installed, below the pinned ones either."""

LONGEST_SECONDS = 900
_TABLE = re.compile(r"(?<=<!-- peers -->\n).*?(?=<!-- /peers -->)", flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that does a job: `peers/JOB_NAME.py`, in an environment that has `requirements`."""

    name: str
    job: Job | None
    requirements: tuple[str, ...]


PEERS = (
    Peer("distilabel", TEXTS_JOB, ("distilabel[openai]==1.5.3", "requests")),
    Peer("curator", TEXTS_JOB, ("bespokelabs-curator==0.1.31",)),
    Peer("data_designer", TEXTS_JOB, ("data-designer==0.9.7",)),
    Peer("synthetic_data_kit", TEXTS_JOB, ("synthetic-data-kit==0.0.5",)),
    Peer("datasketch", NEAR_JOB, ("datasketch==2.0.0",)),
    Peer("rensa", NEAR_JOB, ("rensa==0.5.0",)),
    Peer("datatrove", NEAR_JOB, ("datatrove[io,processing]==0.10.1", "spacy==3.8.18")),
    Peer("text_dedup", NEAR_JOB, ("text-dedup==0.4.0",)),
    Peer("presidio", PII_JOB, ("presidio-analyzer==2.2.366",)),
    Peer("litellm", None, ("litellm[proxy]==1.108.7",)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    peer: str
    job: str
    ours: list[float]
    theirs: list[float]
    our_quality: str
    their_quality: str

    def cells(self) -> list[str]:
        """Return what stands in it."""
        ratios = [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        costs = [f"{statistics.median(each):.2f}" for each in (self.ours, self.theirs)]
        return [self.peer, *costs, ratio, self.our_quality, self.their_quality]


class PeerError(Exception):
    """A peer cannot be installed or does not do the job; the message is its last words."""


@contextmanager
def environment(peer: Peer) -> Generator[Path]:
    """Install a peer and yield its interpreter; everything is removed afterwards."""
    uv = str(Path(sys.executable).parent / "uv")
    with tempfile.TemporaryDirectory(prefix="textnlp-peer-") as folder:
        python = Path(folder) / "venv" / "bin" / "python"
        run_or_fail([uv, "venv", "--quiet", "--python", sys.executable, str(python.parents[1])])
        pins = ["--exclude-newer", NEWEST, *peer.requirements]
        run_or_fail([uv, "pip", "install", "--quiet", "--python", str(python), *pins])
        yield python


def run_or_fail(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"took longer than {LONGEST_SECONDS} s") from error
    if done.returncode:
        words = [line for line in done.stderr.splitlines() if line.strip()]
        raise PeerError(words[-1].strip()[-300:] if words else "it ended without a word")


def cost(python: Path, job: Job, name: str, arguments: list[str], folder: Path) -> tuple[float, str]:
    """Have one program do the job; return its CPU seconds and what its output is worth."""
    output, told = folder / f"{name}.out", folder / f"{name}.cost"
    program = str(PROGRAMS / f"{job.name}_{name}.py")
    cost_of = [sys.executable, str(ROOT / "benchmarks" / "peer_cost.py"), str(told)]
    run_or_fail([*cost_of, str(python), program, str(folder / "input.jsonl"), str(output), *arguments])
    return json.loads(told.read_text())["cpu_seconds"], job.quality(output)


def compare(peer: Peer, job: Job, python: Path, *, rounds: int) -> Row:
    """Let the platform and a peer do a job by turns."""
    ours, theirs = list[float](), list[float]()
    quality = ["", ""]
    with tempfile.TemporaryDirectory() as name, stub("--latency", "0.02") as base_url:
        folder = Path(name)
        job.write(folder / "input.jsonl")
        arguments = [base_url] if job.needs_model else []
        for _ in range(rounds):
            spent, quality[0] = cost(Path(sys.executable), job, "textnlp", arguments, folder)
            ours.append(spent)
            spent, quality[1] = cost(python, job, peer.name, arguments, folder)
            theirs.append(spent)
    return Row(peer.requirements[0], job.question, ours, theirs, *quality)


def trial(peer: Peer, *, rounds: int) -> Row:
    """Install a peer, and compare it."""
    with environment(peer) as python:
        if peer.job is not None:
            return compare(peer, peer.job, python, rounds=rounds)
        trials = gateway_trials(str(python.parent / "litellm"), rounds=rounds)
        return Row(peer.requirements[0], trials.question, trials.ours, trials.theirs, *trials.quality)


def tables(rows: list[Row], left_out: dict[str, str]) -> str:
    """Return what the page has: a table a job."""
    names = ["peer", "TextNLP, CPU s", "peer, CPU s", "ratio (lowest to highest)", "TextNLP", "peer"]
    lines: list[str] = []
    for job in dict.fromkeys(row.job for row in rows):
        lines += [f"**{job[0].upper()}{job[1:]}.**", "", f"| {' | '.join(names)} |"]
        lines += ["| --- | ---: | ---: | ---: | --- | --- |"]
        lines += [f"| {' | '.join(row.cells())} |" for row in rows if row.job == job]
        lines.append("")
    lines += [f"{name} is left out: {reason}\n" for name, reason in left_out.items()]
    return "\n".join(["", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", help="those alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = ""  # so that each program finds the packages of its own environment alone
    rows, left_out = list[Row](), dict[str, str]()
    for peer in PEERS:
        if asked.peers and peer.name not in asked.peers:
            continue
        try:
            rows.append(trial(peer, rounds=asked.rounds))
            print(" | ".join([rows[-1].job, *rows[-1].cells()]), flush=True)
        except (PeerError, AssertionError) as error:
            left_out[peer.name] = str(error)
            print(f"{peer.name} is left out: {error}", flush=True)
    if asked.write:
        PAGE.write_text(_TABLE.sub(lambda _: tables(rows, left_out), PAGE.read_text()))


if __name__ == "__main__":
    main()
