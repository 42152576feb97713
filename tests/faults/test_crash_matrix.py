"""Kill everything that can be killed, at random moments, and have the doctor look after each.

`FAULT_KILLS` says how often, `FAULT_SEED` at which moments; the ordinary test run kills each once.
"""

import os

import pytest

from tests.acceptance.command_line import CommandLine
from tests.faults.crash_matrix import VICTIMS, CrashMatrix

KILLS = int(os.environ.get("FAULT_KILLS", len(VICTIMS)))
SEED = int(os.environ.get("FAULT_SEED", "20261127"))
_IS_SHORT = len(VICTIMS) >= KILLS
_KILLS_A_ROUND = 5
_ROWS = 300 if _IS_SHORT else 600

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(120 + 60 * KILLS)]


async def test_whatever_is_killed_no_row_is_lost_or_doubled_and_every_call_is_charged_once(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = CrashMatrix(command_line, seed=SEED)
    await matrix.start()
    order = [VICTIMS[number % len(VICTIMS)] for number in range(KILLS)]
    for first in range(0, KILLS, _KILLS_A_ROUND):
        await matrix.round(order[first : first + _KILLS_A_ROUND], rows=_ROWS, inspects_each=not _IS_SHORT)
        with capsys.disabled():
            print("", *matrix.figures.lines(), sep="\n", flush=True)  # noqa: T201
    await matrix.stop()
    figures = matrix.figures
    with capsys.disabled():
        print("", *figures.lines(), sep="\n")  # noqa: T201
    assert figures.kills == KILLS
    assert figures.calls >= figures.needed_calls - KILLS * 4 * 16
