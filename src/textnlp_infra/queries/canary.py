"""Whether a new version does well enough to get more of the traffic."""

import re

from textnlp.topology.delivery import CanaryGate

_VERSION = re.compile(r"[A-Za-z0-9.+_-]{1,64}")


def canary_query(version: str, *, gate: CanaryGate) -> str:
    """Return the Kusto query that answers one row: `total`, `failed`, `error_percent`, and `verdict`.

    The verdict is `promote`, `reject`, or `wait` while there are too few calls to tell. A call fails by a status of 500
    or above: what callers do wrong is not the version's fault. A row stands for as many calls as sampling let one
    through. Raises `ValueError` for a text that is no version, so
    that nothing else of a query gets in.
    """
    if _VERSION.fullmatch(version) is None:
        raise ValueError(f"'{version[:64]}' is no version; it has letters, digits, and . + _ - between them")
    wait = f"total < {gate.least_calls}, 'wait'"
    reject = f"error_percent > {gate.most_error_percent}, 'reject'"
    steps = (
        "AppRequests",
        f"where TimeGenerated > ago({gate.window_minutes}m) and AppVersion == '{version}'",
        "summarize total = sum(ItemCount), failed = sumif(ItemCount, toint(ResultCode) >= 500)",
        "extend error_percent = iff(total == 0, 0.0, 100.0 * failed / total)",
        f"extend verdict = case({wait}, {reject}, 'promote')",
    )
    return " | ".join(steps)
