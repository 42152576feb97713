"""How close to ideal is `textnlp run`, start-up included, against a server that answers after 50 ms?

A recipe of three columns (a drawn value, a text, a judgement of it) makes 2,000 rows with 64 calls in flight. Ideal is
calls x latency / concurrency. Prints the ratio, CPU seconds per 1,000 rows, peak memory, and what a second start costs
that finds everything there.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from batch_run import LATENCY_SECONDS, Run, stub, timed

ROWS = 2_000
CONCURRENCY = 64
CALLS_A_ROW = 2
RECIPE = {
    "name": "kettles",
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "toaster", "lamp", "chair"]},
        "number": {"kind": "uniform", "low": 0, "high": 10_000_000, "decimals": 0},
        "review": {"kind": "text", "prompt": "Write a short review of {{ product }} number {{ number }}."},
        "verdict": {
            "kind": "judge",
            "prompt": "The review: {{ review }}",
            "scores": {"clarity": {"description": "Is it clear?"}},
        },
    },
    "accept": {"rows": ROWS},
}


def run(work: Path, base_url: str) -> Run:
    """Make the dataset in `work`, or find it there."""
    recipe, models = work / "recipe.yaml", work / "models.yaml"
    recipe.write_text(json.dumps(RECIPE))
    deployment = {"base_url": base_url, "model": "stub", "server": "vllm", "concurrency": CONCURRENCY, "direct": True}
    models.write_text(json.dumps({"deployments": {"stub": deployment}, "models": {}}))
    command = [
        str(Path(sys.executable).parent / "textnlp"),
        *("run", str(recipe), "--out", str(work / "out"), "--model", "stub", "--quiet"),
    ]
    return timed(command, {**os.environ, "TEXTNLP_DATA_DIR": str(work / "data"), "TEXTNLP_MODELS": str(models)})


def main() -> None:
    """Print the figures of one run."""
    ideal = ROWS * CALLS_A_ROW * LATENCY_SECONDS / CONCURRENCY
    with stub("--latency", str(LATENCY_SECONDS)) as base_url:
        work = Path(tempfile.mkdtemp(prefix="textnlp-bench-"))
        try:
            first = run(work, base_url)
            again = run(work, base_url)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    sys.stdout.write(
        f"{ROWS:,} rows, {CALLS_A_ROW} calls each, {CONCURRENCY} in flight: {first.seconds:.2f} s, "
        f"{ideal / first.seconds:.2f} of ideal, {first.cpu_seconds * 1000 / ROWS:.2f} CPU s per 1,000 rows, "
        f"{first.peak_megabytes:.0f} MB\n"
        f"started again: {again.seconds:.2f} s\n"
    )


if __name__ == "__main__":
    main()
