"""How long does a person wait before `textnlp` says anything? Medians of eleven runs; budgets 150 ms and 250 ms."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 11
TEXTNLP = str(Path(sys.executable).parent / "textnlp")
QUESTIONS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import textnlp.cli.main": [sys.executable, "-c", "import textnlp.cli.main"],
    "textnlp --help": [TEXTNLP, "--help"],
    "textnlp batch --help": [TEXTNLP, "batch", "--help"],
}


def milliseconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    for name, command in QUESTIONS.items():
        milliseconds(command)
        times = [milliseconds(command) for _ in range(RUNS)]
        print(f"{name:<26} {statistics.median(times):6.0f} ms (from {min(times):.0f} to {max(times):.0f})")


if __name__ == "__main__":
    main()
