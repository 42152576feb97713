"""The page that goes from an empty subscription to the first batch, as tests read it."""

import json
import re
from typing import Any

from tests.architecture.source_tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "run-on-azure.md").read_text(encoding="utf-8")


def commands(beginning: str) -> list[str]:
    """Return the commands of the page that begin so, each on one line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.replace("\\\n", "").splitlines()]
    return [line for line in lines if line.startswith(beginning)]


def parameters() -> dict[str, Any]:
    """Return the file of parameters as the page shows it."""
    (text,) = re.findall(r"^```json\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    return json.loads(text)
