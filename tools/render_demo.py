"""Draw the end of `make demo` for the README: runs it anew and writes docs/images/demo.svg."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "demo.svg"
COLUMNS = 96


def demo_output(folder: Path) -> str:
    """Run what `make demo` runs and return what a terminal of `COLUMNS` columns shows when it has ended."""
    textnlp = Path(sys.executable).parent / "textnlp"
    command = [str(textnlp), "batch", "run", "examples/product-reviews.jsonl", "--out", "demo-output"]
    for name in ("examples", "src"):
        (folder / name).symlink_to(ROOT / name)
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TEXTNLP_DATA_DIR": str(folder / "data")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory(prefix="textnlp-demo-") as folder:
        shown = demo_output(Path(folder))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("$ make demo"))
    console.print(Text.from_ansi(shown.rstrip()))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(str(PICTURE), title="TextNLP")


if __name__ == "__main__":
    main()
