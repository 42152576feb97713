import io
import json

import pytest
from rich.console import Console

from textnlp.cli.progress import PaceMeter, ProgressSnapshot, ProgressStyle, duration, open_view


def snapshot(*, accepted: int = 10, failed: int = 0, refused: int = 0, waiting: bool = False) -> ProgressSnapshot:
    return ProgressSnapshot(
        total=100,
        accepted=accepted,
        rejected=0,
        failed=failed,
        tokens=accepted * 7,
        in_flight=4,
        limit=8,
        refused=refused,
        is_waiting_for_capacity=waiting,
    )


def shown(style: ProgressStyle, *snapshots: ProgressSnapshot) -> str:
    out = io.StringIO()
    view = open_view(style, Console(file=out, width=120))
    for one in snapshots:
        view.show(one)
    view.close()
    return out.getvalue()


def test_the_pace_is_measured_over_the_last_ten_seconds() -> None:
    meter = PaceMeter()
    pace = [meter.measure(snapshot(accepted=second), now=float(second)) for second in range(30)][-1]
    assert pace.rows_per_second == pytest.approx(1.0)
    assert pace.tokens_per_second == pytest.approx(7.0)
    assert pace.seconds_left == pytest.approx(71.0)


def test_without_progress_no_end_is_promised() -> None:
    meter = PaceMeter()
    meter.measure(snapshot(), now=0.0)
    assert meter.measure(snapshot(), now=5.0).seconds_left is None


def test_plain_progress_is_a_line_at_the_start_and_one_at_the_end() -> None:
    lines = shown(ProgressStyle.PLAIN, snapshot(accepted=1), snapshot(accepted=2), snapshot(accepted=100)).splitlines()
    assert [line.split(" rows")[0] for line in lines] == ["1 of 100", "100 of 100"]


def test_waiting_for_capacity_is_said() -> None:
    assert "waiting for capacity (3 refusals)" in shown(ProgressStyle.PLAIN, snapshot(refused=3, waiting=True))


def test_json_progress_is_one_object_a_line() -> None:
    lines = shown(ProgressStyle.JSON, snapshot(accepted=5, failed=2)).splitlines()
    assert {json.loads(line)["done"] for line in lines} == {7}


def test_quiet_progress_says_nothing() -> None:
    assert shown(ProgressStyle.QUIET, snapshot()) == ""


def test_live_progress_shows_a_bar_and_the_figures() -> None:
    drawn = shown(ProgressStyle.LIVE, snapshot(accepted=50, failed=1, refused=2))
    assert "51/100 rows" in drawn
    assert "1 failed" in drawn
    assert "2 refused (429)" in drawn


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "unknown"), (8.2, "8 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (59.6, "1 min 00 s")],
)
def test_durations_read_as_people_write_them(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text
