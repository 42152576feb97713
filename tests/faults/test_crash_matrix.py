"""Kill everything that can be killed, at random moments, and have the doctor look after each.

`FAULT_KILLS` says how often, `FAULT_SEED` at which moments; the ordinary test run kills few, without a second worker.
"""

import os
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.faults.crash_matrix import CONCURRENCY, FEW_VICTIMS, VICTIMS, CrashMatrix
from textnlp.application.work_slices import lanes_for

KILLS = int(os.environ.get("FAULT_KILLS", "0"))
SEED = int(os.environ.get("FAULT_SEED", "20261127"))
_KILLS_A_ROUND = 5

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300 + 60 * KILLS)]


async def test_whatever_is_killed_no_row_is_lost_or_doubled_and_every_call_is_charged_once(
    command_line: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = [VICTIMS[number % len(VICTIMS)] for number in range(KILLS)] or list(FEW_VICTIMS)
    async with CrashMatrix(command_line, tmp_path, seed=SEED, has_worker=bool(KILLS)) as matrix:
        figures = matrix.figures
        for first in range(0, len(order), _KILLS_A_ROUND):
            victims = order[first : first + _KILLS_A_ROUND]
            await matrix.round(victims, rows=600 if KILLS else 200, inspects_each=bool(KILLS))
            with capsys.disabled():
                print("", *figures.lines(), sep="\n", flush=True)  # noqa: T201
    assert figures.kills == len(order)
    # Those in flight at a kill come again; those for rows that failed were not answered.
    repeated = figures.calls - figures.needed_calls
    assert -figures.failed_rows <= repeated <= len(order) * 2 * lanes_for(CONCURRENCY) + 7 * figures.failed_rows
