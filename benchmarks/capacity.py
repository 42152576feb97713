"""What do a batch's row, a validated row and a call cost, and does the simulation tell when batches end?

Costs are CPU seconds of all processes, database included, for the rows between a short and a long run, so that what a
start costs is left out; `--write` keeps them in capacity_rates.json, from which docs/explanation/capacity.md is made.
Then three batches are sent to `textnlp up` one after the other, and the moments of their ends are compared with those
of tools/capacity_simulation.py.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
from batch_run import ROOT, stub, write_prompts
from gateway import platform
from near_duplicates import make_texts
from peer_gateway import measured
from served_batch import started
from tests.doubles.openai_server import OpenAIStub, StubOptions
from tools.capacity_simulation import Fleet, simulate

from textnlp.topology.limits import LIMITS

RATES = ROOT / "benchmarks" / "capacity_rates.json"
TEXTNLP = str(Path(sys.executable).parent / "textnlp")
SHORT, LONG = 1_000, 6_000
CALLS = 2_000
LATENCY_SECONDS = 0.5
CONCURRENCY = 16
ALONE = 600
SENT = ((0.0, 400), (5.0, 600), (12.0, 200))
"""Seconds after the beginning, and rows."""


def spent(folder: Path, *words: str) -> float:
    """Run a command of the platform and return the CPU seconds of all its processes."""
    told = folder / "cost.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "peer_cost.py"), str(told), TEXTNLP, *words]
    environment = {**os.environ, "TEXTNLP_DATA_DIR": str(folder / "data")}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return json.loads(told.read_text())["cpu_seconds"]


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and "pg_wal" not in file.parts)


def batch_costs(folder: Path) -> tuple[float, float]:
    """Return CPU seconds and kilobytes for 1,000 rows of a batch, its files and its ledger."""
    costs: list[float] = []
    sizes: list[int] = []
    with stub("--latency", "0") as base_url:
        for rows in (1, SHORT, LONG):
            write_prompts(folder / "prompts.jsonl", rows)
            before = size_of(folder)
            options = ("--base-url", base_url, "--model", "stub", "--concurrency", "64", "--quiet")
            costs.append(
                spent(folder, "batch", "run", str(folder / "prompts.jsonl"), "--out", f"{folder}/out-{rows}", *options)
            )
            sizes.append(size_of(folder) - before)
    rows = (LONG - SHORT) / 1000
    return (costs[2] - costs[1]) / rows, (sizes[2] - sizes[1]) / 1000 / rows


def validation_cost(folder: Path) -> float:
    """Return CPU seconds for 1,000 rows of 100 words with the checks that are made where none are given."""
    costs: list[float] = []
    texts = make_texts(LONG).texts
    for rows in (SHORT, LONG):
        place = folder / f"rows-{rows}.jsonl"
        place.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts[:rows])))
        costs.append(spent(folder, "validate", str(place), "--out", f"{folder}/checked-{rows}", "--column", "text"))
    return (costs[1] - costs[0]) / ((LONG - SHORT) / 1000)


def call_cost(folder: Path) -> float:
    """Return CPU seconds for 1,000 calls through the API, each reserved and settled in the ledger."""
    environment = {**os.environ, "TEXTNLP_DATA_DIR": str(folder / "served")}
    with stub("--latency", "0") as base_url, platform(base_url, environment) as (process, target):
        served = psutil.Process(process.pid)
        measured(target, served, requests=200)
        return measured(target, served, requests=CALLS)[0]


async def ends(client: httpx.AsyncClient, began: float, after: float, rows: int) -> float:
    """Send a batch at its moment, and return how long after the beginning it had ended."""
    await asyncio.sleep(after)
    body = "".join(json.dumps({"id": f"r{n}", "prompt": f"Of {after}: kettle {n}."}) + "\n" for n in range(rows))
    answer = await client.post("/batches", content=body, headers={"Content-Type": "application/x-ndjson"})
    batch = answer.raise_for_status().json()
    while batch["state"] != "completed":
        await asyncio.sleep(0.1)
        batch = (await client.get(f"/batches/{batch['id']}")).raise_for_status().json()
    return time.perf_counter() - began


async def measured_ends(folder: Path) -> tuple[float, list[float]]:
    """Return the seconds that a slice takes, as a batch alone shows, and when each of the others ended."""
    async with OpenAIStub(StubOptions(latency_seconds=LATENCY_SECONDS)) as model:
        process, url = await started(folder / "simulated", model.base_url, CONCURRENCY)
        try:
            async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                await ends(client, time.perf_counter(), 0, ALONE)  # the concurrency has grown by its end
                alone = await ends(client, time.perf_counter(), 0, ALONE)
                began = time.perf_counter()
                others = await asyncio.gather(*(ends(client, began, after, rows) for after, rows in SENT))
                return alone * LIMITS.slice_rows / ALONE, others
        finally:
            process.send_signal(signal.SIGINT)
            await process.wait()


def simulated_ends(slice_seconds: float) -> list[float]:
    """Return when the simulation has each batch end."""
    one = {"min_replicas": 1, "max_replicas": 1, "min_machines": 1, "max_machines": 1, "messages_per_replica": 4}
    fleet = Fleet(**one, slices_at_once=1, slice_seconds=slice_seconds, machine_seconds=0, replica_seconds=0)
    slices = [(after, rows // LIMITS.slice_rows) for after, rows in SENT]
    done = simulate(fleet, slices).done_at
    until = [sum(count for _, count in slices[: number + 1]) for number in range(len(slices))]
    return [done[count - 1] for count in until]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="keep the costs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        batch, kilobytes = batch_costs(folder)
        rates = {
            "measured_on": datetime.now(UTC).date().isoformat(),
            "batch_cpu_seconds": round(batch, 3),
            "validation_cpu_seconds": round(validation_cost(folder), 3),
            "call_cpu_seconds": round(call_cost(folder), 3),
            "stored_kilobytes": round(kilobytes),
        }
        print(json.dumps(rates, indent=1))
        slice_seconds, actual = asyncio.run(measured_ends(folder))
    print(f"a slice of {LIMITS.slice_rows} rows takes {slice_seconds:.2f} s")
    for (after, rows), real, told in zip(SENT, actual, simulated_ends(slice_seconds), strict=True):
        print(f"{rows} rows sent after {after:.0f} s: ended {real:.1f} s, simulated {told:.1f} s, {told / real:.2f}")
    if asked.write:
        RATES.write_text(json.dumps(rates, indent=1) + "\n")


if __name__ == "__main__":
    main()
