import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from textnlp.application.look_at_rows import look_at_rows, wait_in_thread
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.operators import AskingCheck
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.domain.validation.verdicts import Verdicts

MANY = 80


class _Waits:
    """Tells in which thread it looked."""

    name = "waits"
    version = "1"
    column = None
    parameters: Mapping[str, Any] = {}

    def __init__(self, check: AskingCheck, field: str) -> None:
        self.threads: list[str] = []
        made.append(self)
        assert (check.kind, field) == ("python", "checks[0]")

    def look(self, batch: RowBatch) -> Verdicts:
        assert len(batch) == 1
        self.threads.append(threading.current_thread().name)
        return Verdicts()


made: list[_Waits] = []


def checks_of(check: dict[str, Any]) -> RowChecks:
    return RowChecks(ChecksFile.model_validate({"checks": [check]}).checks, outside=_Waits)


async def test_checks_that_ask_somebody_look_in_a_thread_and_others_do_not() -> None:
    (row,) = await look_at_rows(checks_of({"kind": "python", "function": "f", "columns": ["a"]}), [{"a": "x"}])
    assert row.reasons == []
    assert made[-1].threads == ["look at rows"]
    (row,) = await look_at_rows(checks_of({"kind": "required", "column": "a"}), [{}])
    assert [reason.code for reason in row.reasons] == ["required:a"]


async def test_waiting_leaves_the_threads_of_the_loop_alone() -> None:
    together = threading.Barrier(MANY + 1)
    waiting = [asyncio.create_task(wait_in_thread(lambda: together.wait(30))) for _ in range(MANY)]
    await asyncio.sleep(0)
    await asyncio.to_thread(together.wait, 30)
    assert sorted(await asyncio.gather(*waiting)) != [0] * MANY


async def test_what_looking_raises_is_raised_and_nobody_has_to_wait() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await wait_in_thread(fail)
    over = threading.Event()
    left = asyncio.create_task(wait_in_thread(lambda: over.wait(30)))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    over.set()
