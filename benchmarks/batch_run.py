"""How close to ideal is `textnlp batch run`, start-up included, against a server that answers after 50 ms?

Ideal is concurrency ÷ latency. A bare aiohttp loop that keeps nothing is run beside it on the same event loop. Prints
ratios of one run, CPU seconds per 1,000 rows and peak memory, what a first run on an empty data folder takes, and what
faults cost; `--rows 1000000` measures the memory of a long run instead.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LATENCY_SECONDS = 0.05
CASES = ((1, 64), (5_000, 64), (20_000, 64), (20_000, 256))
FAULTS = (
    *("--fault-429", "0.0167", "--fault-500", "0.0167", "--fault-reset", "0.0166"),
    *("--fault-hang", "0.01"),
)
HANG_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """Figures of one command, as the operating system counted them."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


@contextmanager
def stub(*arguments: str) -> Generator[str]:
    """Run the stub server and yield its base URL."""
    command = [sys.executable, "-m", "tests.doubles.openai_server", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def write_prompts(path: Path, rows: int) -> None:
    with path.open("w") as file:
        for number in range(rows):
            file.write(
                json.dumps({"id": f"r{number}", "prompt": f"Write a short review of kettle number {number}."}) + "\n"
            )


def timed(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command to its end and read its own figures, those of its database processes left out."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        assert process.stderr is not None
        raise SystemExit(f"{command} failed: {process.stderr.read().decode()[-2000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def batch_run(work: Path, base_url: str, *options: str, rows: int, concurrency: int) -> Run:
    prompts, out = work / "prompts.jsonl", work / "out"
    write_prompts(prompts, rows)
    shutil.rmtree(out, ignore_errors=True)
    command = [
        str(Path(sys.executable).parent / "textnlp"),
        *("batch", "run", str(prompts), "--out", str(out), "--model", "stub"),
        *("--base-url", base_url, "--concurrency", str(concurrency), "--quiet"),
        *options,
    ]
    run = timed(command, {**os.environ, "TEXTNLP_DATA_DIR": str(work / "data")})
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["counts"]["accepted"] == rows, manifest["counts"]
    return run


def bare_loop(work: Path, base_url: str, *, rows: int, concurrency: int) -> Run:
    write_prompts(work / "prompts.jsonl", rows)
    script = ROOT / "benchmarks" / "bare_loop.py"
    arguments = [str(work / "prompts.jsonl"), base_url, str(concurrency)]
    return timed([sys.executable, str(script), *arguments], dict(os.environ))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, help="one case of this many rows, at concurrency 256 and no latency")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        if asked.rows:
            with stub("--latency", "0") as base_url:
                run = batch_run(work, base_url, rows=asked.rows, concurrency=256)
            print(f"{asked.rows:,} rows: {run.seconds:.1f} s, {run.peak_megabytes:.0f} MB peak")
            return
        with stub("--latency", str(LATENCY_SECONDS)) as base_url:
            cold = batch_run(work, base_url, rows=1, concurrency=1)
            print(f"      1 row, no data folder before: {cold.seconds:.2f} s", flush=True)
            for rows, concurrency in CASES:
                report(work, base_url, rows=rows, concurrency=concurrency)
        for rows, concurrency in CASES[1:3]:
            report_faults(work, rows=rows, concurrency=concurrency)


def report(work: Path, base_url: str, *, rows: int, concurrency: int) -> None:
    run = batch_run(work, base_url, rows=rows, concurrency=concurrency)
    ideal = max(LATENCY_SECONDS, rows * LATENCY_SECONDS / concurrency)
    bare = bare_loop(work, base_url, rows=rows, concurrency=concurrency)
    print(
        f"{rows:>7,} rows, concurrency {concurrency:>3}: {run.seconds:6.2f} s = {ideal / run.seconds:.2f} of ideal, "
        f"{bare.seconds / run.seconds:.2f} of a bare loop ({bare.seconds:.2f} s); "
        f"{run.cpu_seconds / rows * 1000:.2f} CPU s per 1,000 rows (bare {bare.cpu_seconds / rows * 1000:.2f}), "
        f"{run.peak_megabytes:.0f} MB peak",
        flush=True,
    )


def report_faults(work: Path, *, rows: int, concurrency: int) -> None:
    options = ("--timeout", str(HANG_TIMEOUT_SECONDS))
    with stub("--latency", str(LATENCY_SECONDS)) as base_url:
        healthy = batch_run(work, base_url, *options, rows=rows, concurrency=concurrency)
    with stub("--latency", str(LATENCY_SECONDS), *FAULTS) as base_url:
        faulty = batch_run(work, base_url, *options, rows=rows, concurrency=concurrency)
    print(
        f"{rows:>7,} rows, concurrency {concurrency:>3}, 5% refused or broken and 1% hanging: {faulty.seconds:6.2f} s "
        f"= {faulty.seconds / healthy.seconds:.2f} times the {healthy.seconds:.2f} s without; every row accepted",
        flush=True,
    )


if __name__ == "__main__":
    main()
