import io
from typing import Any

import msgspec
import pytest
from rich.console import Console

from textnlp.api.schemas.telemetry import FiguresRead as Sent
from textnlp.cli.top_frame import TopHistory, TopScreen, drawn
from textnlp.client.telemetry import FiguresRead


def figures(**facts: Any) -> FiguresRead:
    return msgspec.convert({**Sent.EXAMPLE, **facts}, FiguresRead)


def frame(shown: FiguresRead | None, *, width: int = 80, history: TopHistory | None = None, **screen: Any) -> str:
    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=False, legacy_windows=False)
    console.print(drawn(shown, history or TopHistory(), TopScreen(server="here", width=width, **screen)))
    return text.getvalue()


def test_a_frame_shows_the_whole_and_its_parts() -> None:
    text = frame(figures())
    for said in (
        *("12.5", "12.6", "37.7k", "0.0%", "balances", "0 to settle", "1 process", "last 30 s"),
        *("reviews.csv", "742/5,000 15%", "running"),
        *("smollm2-135m", "240 ms", "610 ms", "640 ms", "8/8 +56", "closed"),
        *("POST /api/v1/generate", "210 ms", "460 ms", "490 ms"),
        *("batch-processing-queue", "21", "4 s"),
    ):
        assert said in text, said


def test_tokens_of_a_model_behind_an_endpoint_of_another_name_are_shown_too() -> None:
    tokens = {"name": "behind-the-endpoint", "input_per_minute": 1_000, "output_per_minute": 234}
    text = frame(figures(models=[tokens]), width=100)
    (line,) = [line for line in text.splitlines() if "behind-the-endpoint" in line]
    assert "1.2k" in line or "1,234" in line


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 116, 140, 200])
@pytest.mark.parametrize("height", [0, 10, 24, 50])
def test_no_line_is_wider_than_the_terminal(width: int, height: int) -> None:
    lines = frame(figures(), width=width, height=height, is_live=True).splitlines()
    assert max(len(line) for line in lines) <= width


def test_on_a_wide_terminal_parts_stand_side_by_side() -> None:
    wide, narrow = frame(figures(), width=120), frame(figures(), width=100)
    assert any("Batches" in line and "Routes" in line for line in wide.splitlines())
    assert not any("Batches" in line and "Routes" in line for line in narrow.splitlines())
    assert len(wide.splitlines()) < len(narrow.splitlines())


def test_what_is_wrong_is_said() -> None:
    deployment = {**Sent.EXAMPLE["deployments"][0], "breaker": "half_open", "throttled": 7}
    queue = {"name": "q", "waiting": 1, "oldest_age_seconds": 700.0, "dead_letters": 3}
    text = frame(
        figures(
            ledger_imbalance=-2,
            error_rate=0.25,
            results={"200": 3, "503": 1, "": 2},
            refused={"rate-limit": 4},
            deployments=[deployment],
            queues=[*Sent.EXAMPLE["queues"], queue],
        )
    )
    for said in ("off by -2", "25.0%", "left:2 503:1", "7 · 56", "4 refused here", "half open", "11 min 40 s"):
        assert said in text, said
    lines = text.splitlines()
    (dead,) = [number for number, line in enumerate(lines) if line.startswith("│ q ")]
    (busy,) = [number for number, line in enumerate(lines) if "batch-processing-queue" in line]
    assert dead < busy


def test_an_idle_platform_has_an_empty_frame() -> None:
    text = frame(figures(batches=[], deployments=[], models=[], routes=[], queues=[], error_rate=None, results={}))
    for said in ("No batch is under way.", "No model was asked.", "Nobody called.", "Nobody looks at the queues."):
        assert said in text


def test_a_platform_that_keeps_no_telemetry_is_told_apart_from_an_idle_one() -> None:
    assert "TEXTNLP_KEEP_TELEMETRY" in frame(figures(processes=[]))


def test_a_platform_that_is_away_leaves_its_last_figures() -> None:
    text = frame(figures(), failure="Nobody answers.")
    assert "Nobody answers. These are the last figures." in text
    assert "balances" in text
    assert "Nobody answers." in frame(None, failure="Nobody answers.")
    assert "on their way" in frame(None)


def test_what_was_seen_is_a_curve() -> None:
    history = TopHistory()
    for rate in (0.0, 5.0, 10.0):
        history.add(figures(rows_per_second=rate))
    assert "▄█" in frame(figures(), history=history)
    idle = TopHistory()
    idle.add(figures(rows_per_second=0))
    assert frame(figures(), history=idle)


def test_more_than_there_is_place_for_is_counted() -> None:
    routes = [{**Sent.EXAMPLE["routes"][0], "name": f"GET /{number}"} for number in range(30)]
    assert "12 of 30" in frame(figures(routes=routes))
    assert "2 of 30" in frame(figures(routes=routes), height=24)
