"""Draw a frame of `textnlp top` for its page: docs/images/top.svg, of figures made up here."""

import io
import math
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from textnlp.api.schemas.telemetry import FiguresRead as Sent
from textnlp.cli.top_frame import TopHistory, TopScreen, drawn
from textnlp.client.telemetry import FiguresRead

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "top.svg"
COLUMNS = 132
FRAMES = 60

_ROUTES = (
    ("POST /api/v1/generate", 412, 0.21, 0.46, 0.72, 0),
    ("POST /v1/chat/completions", 96, 0.38, 0.91, 1.4, 1),
    ("GET /api/v1/batches/{batch_id:str}", 31, 0.004, 0.009, 0.01, 0),
    ("POST /api/v1/batches", 2, 0.12, 0.24, 0.25, 0),
)
_DEPLOYMENTS = (
    ("gpt-4o-mini", 2_140, 0.84, 1.9, 2.4, 0, 18, 62, 14, 64, "closed"),
    ("smollm2-135m", 508, 0.24, 0.61, 0.64, 0, 0, 8, 3, 8, "closed"),
    ("vllm-east", 12, 4.1, 5.0, 5.1, 12, 0, 0, 0, 16, "open"),
)
_QUEUES = (
    ("batch-processing-queue", 148, 74.0, 0),
    ("text-generation-queue", 3, 1.2, 0),
    ("validation-queue", 0, 0.0, 2),
    ("generation-events/validation-sub", 1, 0.4, 0),
    ("generation-events/webhooks-sub", 0, 0.0, 0),
)
_BATCHES = (
    ("reviews.csv", "running", 50_000, 31_204, 12),
    ("tickets.jsonl", "running", 5_000, 740, 0),
    ("dialogues.parquet", "ingesting", 0, 0, 0),
)


def figures(share: float) -> FiguresRead:
    """Return what a busy platform shows, its rates at `share` of the greatest."""
    document: dict[str, Any] = {
        **Sent.EXAMPLE,
        "rows_per_second": 88.4 * share,
        "calls_per_second": 91.0 * share,
        "requests_per_second": 18.0 * share,
        "results": {"200": 541, "429": 9, "503": 1},
        "error_rate": 1 / 551,
        "refused": {"rate-limit": 9},
        "usage_pending": 37,
        "processes": [{"name": name, "instance": name, "at": Sent.EXAMPLE["at"]} for name in ("api", "batch-worker")],
        "models": [
            {"name": "gpt-4o-mini", "input_per_minute": 61_000 * share, "output_per_minute": 192_000 * share},
            {"name": "smollm2-135m", "input_per_minute": 9_600 * share, "output_per_minute": 28_100 * share},
        ],
        "routes": [
            {"name": name, "latency": {"count": count, "p50": p50, "p95": p95, "p99": p99}, "failed": failed}
            for name, count, p50, p95, p99, failed in _ROUTES
        ],
        "deployments": [_deployment(*each) for each in _DEPLOYMENTS],
        "queues": [
            {"name": name, "waiting": waiting, "oldest_age_seconds": age, "dead_letters": dead}
            for name, waiting, age, dead in _QUEUES
        ],
        "batches": [_batch(*each) for each in _BATCHES],
    }
    return msgspec.convert(document, FiguresRead)


def _deployment(name: str, count: int, p50: float, p95: float, p99: float, *others: Any) -> dict[str, Any]:
    failed, throttled, in_flight, waiting, concurrency, breaker = others
    return {
        "name": name,
        "latency": {"count": count, "p50": p50, "p95": p95, "p99": p99},
        "failed": failed,
        "throttled": throttled,
        "in_flight": in_flight,
        "waiting": waiting,
        "concurrency": concurrency,
        "breaker": breaker,
    }


def _batch(name: str, state: str, rows: int, done: int, failed: int) -> dict[str, Any]:
    counts = {"input": rows, "accepted": done - failed, "rejected": 0, "failed": failed, "pending": rows - done}
    return {**Sent.EXAMPLE["batches"][0], "name": name, "state": state, "counts": counts}


def picture() -> str:
    """Return the drawing."""
    history = TopHistory()
    for number in range(FRAMES):
        history.add(figures(0.15 + 0.85 * math.sin(number / 5) ** 2))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    screen = TopScreen(server="http://127.0.0.1:8000", width=COLUMNS, is_live=True)
    console.print(drawn(figures(0.97), history, screen))
    return console.export_svg(title="textnlp top", unique_id="top")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
