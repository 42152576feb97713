"""How many rows a second does a running platform answer and charge for, against a server that answers after 50 ms?

Unlike `batch run`, a served batch has every call in the ledger of usage before its row is stored. Starts `textnlp up`
on an empty data folder, sends a batch through the API, and prints the rate as the share of concurrency ÷ latency.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import httpx
from tests.doubles.openai_server import OpenAIStub, StubOptions

LATENCY_SECONDS = 0.05
CASES = ((5_000, 64), (5_000, 256), (2_000, 4))


async def started(data_dir: Path, base_url: str, concurrency: int) -> tuple[asyncio.subprocess.Process, str]:
    command = [
        str(Path(sys.executable).parent / "textnlp"),
        *("up", "--port", "0", "--base-url", base_url, "--model", "stub", "--no-auth"),
        *("--concurrency", str(concurrency)),
    ]
    environment = {**os.environ, "TEXTNLP_DATA_DIR": str(data_dir), "COLUMNS": "300"}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = ""
    while (line := (await process.stdout.readline()).decode().strip()) != "ready":
        assert line or process.returncode is None
        if line.startswith("API"):
            url = line.split()[1]
    return process, url


async def answered(client: httpx.AsyncClient, rows: int) -> float:
    """Send a batch, and return the seconds until it has ended."""
    prompts = [{"id": f"r{number}", "prompt": f"Describe kettle number {number}."} for number in range(rows)]
    body = "".join(json.dumps(each) + "\n" for each in prompts)
    began = time.perf_counter()
    answer = await client.post("/batches", content=body, headers={"Content-Type": "application/x-ndjson"})
    batch = answer.raise_for_status().json()
    while batch["state"] not in {"completed", "failed"}:
        await asyncio.sleep(0.05)
        batch = (await client.get(f"/batches/{batch['id']}")).raise_for_status().json()
    seconds = time.perf_counter() - began
    assert batch["counts"]["accepted"] == rows, batch
    groups = (await client.get("/usage", params={"by": "batch"})).json()["groups"]
    charged = next(group["calls"] for group in groups if group["key"] == batch["id"])
    assert charged == rows, charged
    return seconds


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=LATENCY_SECONDS, help="seconds an answer takes")
    latency = parser.parse_args().latency
    async with OpenAIStub(StubOptions(latency_seconds=latency)) as stub:
        for rows, concurrency in CASES:
            with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder:
                os.chmod(folder, 0o755)  # noqa: PTH101, S103  PostgreSQL runs under another account
                process, url = await started(Path(folder) / "data", stub.base_url, concurrency)
                try:
                    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                        seconds = await answered(client, rows)
                finally:
                    process.send_signal(signal.SIGINT)
                    await process.wait()
            ideal = rows * latency / concurrency
            print(
                f"{rows:>7,} rows, concurrency {concurrency:>3}: {seconds:6.2f} s = {rows / seconds:6,.0f} rows/s"
                + (f", {ideal / seconds:.2f} of ideal" if ideal else ""),
                flush=True,
            )


if __name__ == "__main__":
    asyncio.run(main())
