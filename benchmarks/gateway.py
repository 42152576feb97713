"""What does the platform cost between a caller and a model that answers at once?

Chat completions pass through one `textnlp up` with key check, limits and usage ledger on, and in the same run through
a bare gateway that only looks a token up (bare_gateway.py), each in turn, three times; medians are printed. Then what
the platform adds to a call at half of its load, and to the first piece of a stream. `--streams 2000` measures open
streams instead.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import uvloop
from batch_run import ROOT, stub
from load import ASKED, Load, Target, load, median, paced_load

TEXTNLP = str(Path(sys.executable).parent / "textnlp")
ROUNDS = 3
HALF_LOAD_SECONDS = 5.0
UNLIMITED = ("rate-limit=9000000", "quota=900000000", "token-limit=900000000")
LITELLM_KEY = "sk-benchmark"


@contextmanager
def served(command: list[str], environment: dict[str, str]) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run a server and yield it with the first line it prints."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


@contextmanager
def platform(base_url: str, environment: dict[str, str]) -> Generator[tuple[subprocess.Popen[str], Target]]:
    """Run the platform and yield it with its OpenAI shape and a key that nothing limits."""
    command = [TEXTNLP, "up", "--port", "0", "--base-url", base_url, "--model", "stub", "--concurrency", "4096"]
    with served(command, environment) as (process, line):
        assert process.stdout is not None
        while process.stdout.readline().strip() != "ready":
            pass
        url = line.split()[1].removesuffix("/api/v1") + "/v1"
        yield process, Target(url, new_key(environment))


@contextmanager
def bare(base_url: str) -> Generator[Target]:
    command = [sys.executable, str(ROOT / "benchmarks" / "bare_gateway.py"), base_url, "token"]
    with served(command, dict(os.environ)) as (_, url):
        yield Target(url, "token")


@contextmanager
def litellm(program: str, base_url: str, folder: Path) -> Generator[tuple[Target, subprocess.Popen[bytes]]]:
    """Run LiteLLM's proxy, and yield it once it answers."""
    config = folder / "litellm.yaml"
    deployment = {"model": "openai/stub", "api_base": base_url, "api_key": "none"}
    model = {"model_name": "stub", "litellm_params": deployment}
    config.write_text(json.dumps({"model_list": [model], "general_settings": {"master_key": LITELLM_KEY}}))
    command = [program, "--config", str(config), "--port", "18999", "--num_workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    target = Target("http://127.0.0.1:18999/v1", LITELLM_KEY)
    try:
        uvloop.run(_await_answer(target))
        yield target, process
    finally:
        process.terminate()
        process.wait()


async def _await_answer(target: Target) -> None:
    async with aiohttp.ClientSession(headers=target.headers) as session:
        for _ in range(240):
            await asyncio.sleep(0.5)
            try:
                async with session.post(f"{target.base_url}/chat/completions", json=ASKED) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                continue
    raise SystemExit("LiteLLM does not answer.")


def new_key(environment: dict[str, str]) -> str:
    limits = [word for limit in UNLIMITED for word in ("--limit", limit)]
    command = [TEXTNLP, "client", "create", "benchmark", "--json", *limits]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["api_key"]


async def first_pieces(target: Target, *, count: int = 500) -> float:
    """Return the median time from a request to the first piece of its stream, in milliseconds, one at a time."""
    body = json.dumps({**ASKED, "stream": True}).encode()
    times: list[float] = []
    async with aiohttp.ClientSession(headers=target.headers) as session:
        for _ in range(count):
            began = time.perf_counter()
            async with session.post(f"{target.base_url}/chat/completions", data=body) as response:
                assert await response.content.readany()
                times.append((time.perf_counter() - began) * 1000)
                await response.read()
    return statistics.median(times)


async def open_streams(target: Target, process: subprocess.Popen[str], *, count: int) -> tuple[int, float, float]:
    """Open streams that a slow model answers; return those answered whole, and megabytes before and while open."""
    body = json.dumps({**ASKED, "stream": True}).encode()
    before = _megabytes(process.pid)
    peak = before
    all_open = asyncio.Event()
    opened = whole = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=target.headers) as session:

        async def stream() -> None:
            nonlocal opened, whole
            async with session.post(f"{target.base_url}/chat/completions", data=body) as response:
                assert await response.content.readany()
                opened += 1
                if opened == count:
                    all_open.set()
                rest = await response.read()
                whole += rest.endswith(b"[DONE]\n\n")

        streams = [asyncio.create_task(stream()) for _ in range(count)]
        await asyncio.wait_for(all_open.wait(), 120)
        peak = _megabytes(process.pid)
        await asyncio.gather(*streams)
    return whole, before, peak


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def report_loads(targets: dict[str, Target]) -> Load:
    """Print what each target answers under full load, the last one as a share of the others; return the last."""
    for target in targets.values():
        uvloop.run(load(target, requests=500))
    rounds = [{name: uvloop.run(load(each)) for name, each in targets.items()} for _ in range(ROUNDS)]
    medians = {name: median([one[name] for one in rounds]) for name in targets}
    *others, (_, own) = medians.items()
    for name, each in medians.items():
        print(f"{name:22} {each.per_second:7,.0f} requests/s   p50 {each.p50_ms:6.2f} ms   p99 {each.p99_ms:6.2f} ms")
    for name, each in others:
        print(f"  {own.per_second / each.per_second:.2f} of {name}")
    return own


def report_added(direct: Target, through: Target, *, per_second: float) -> None:
    """Print what the platform adds to a call and to the first piece of a stream."""
    bare_load, whole = (
        uvloop.run(paced_load(each, per_second=per_second, seconds=HALF_LOAD_SECONDS)) for each in (direct, through)
    )
    print(
        f"at {per_second:,.0f} requests/s it adds p50 {whole.p50_ms - bare_load.p50_ms:.2f} ms, "
        f"p99 {whole.p99_ms - bare_load.p99_ms:.2f} ms"
    )
    before, after = (uvloop.run(first_pieces(each)) for each in (direct, through))
    print(f"to the first piece of a stream it adds {after - before:.2f} ms")


def report_streams(environment: dict[str, str], count: int) -> None:
    with (
        stub("--latency", "0.1", "--chunk-delay", "5") as base_url,
        platform(base_url, environment) as (process, through),
    ):
        whole, before, peak = uvloop.run(open_streams(through, process, count=count))
    print(f"{count:,} streams open at once: {whole:,} whole, {before:.0f} MB before, {peak:.0f} MB while open")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, help="streams to hold open instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        environment = {**os.environ, "TEXTNLP_DATA_DIR": str(folder / "data")}
        if asked.streams:
            report_streams(environment, asked.streams)
            return
        with stub("--latency", "0") as base_url:
            direct = Target(base_url, "none")
            with bare(base_url) as gateway, platform(base_url, environment) as (_, through):
                own = report_loads({"straight at the stub": direct, "bare gateway": gateway, "platform": through})
                report_added(direct, through, per_second=own.per_second / 2)


if __name__ == "__main__":
    main()
