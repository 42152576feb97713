"""Texts that are pinned in a file beside the test, so that a change of them is seen and meant."""

import difflib
import os
from pathlib import Path

RENEW_VARIABLE = "RENEW_SNAPSHOTS"


def require_snapshot(path: Path, text: str) -> None:
    """Fail with the difference unless `path` holds `text`, and say how to renew it.

    With the variable set the file is written, and the test fails all the same, so that no run both renews and passes.
    """
    pinned = path.read_text(encoding="utf-8") if path.is_file() else ""
    if pinned == text:
        return
    if os.environ.get(RENEW_VARIABLE):
        path.write_text(text, encoding="utf-8")
        raise AssertionError(f"{path.name} is renewed: read its difference, then run the test without the variable")
    lines = difflib.unified_diff(pinned.splitlines(), text.splitlines(), "pinned", "from the code", lineterm="", n=1)
    raise AssertionError(
        f"{path.name} is not what the code says.\n" + "\n".join(lines) + "\n"
        f"When the change is meant, renew the file: {RENEW_VARIABLE}=1 .venv/bin/pytest {_node(path)}"
    )


def _node(path: Path) -> str:
    root = Path(__file__).resolve().parent.parent
    return str(path.resolve().parent.relative_to(root)) if path.resolve().is_relative_to(root) else str(path.parent)
