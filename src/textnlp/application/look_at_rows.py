"""Let checks look at rows without holding up the event loop."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.domain.validation.row_checks import CheckedRow, RowChecks


async def look_at_rows(checks: RowChecks, rows: Sequence[Mapping[str, Any]]) -> list[CheckedRow]:
    """Return what checks say of rows; those that wait for somebody's answer wait in a thread."""
    return await asyncio.to_thread(checks.look, rows) if checks.is_waiting else checks.look(rows)
