"""Drives one target with atheris, which looks for inputs that reach new code: `make fuzz` runs it over all of them.

    python -m tests.fuzz.hunt prompt_file -max_total_time=600 [CORPUS]

Options and folders behind the target's name are libFuzzer's. A find is written to the current folder as `crash-…`.
"""

import sys
from typing import Any

import atheris  # pyright: ignore[reportMissingModuleSource]  only `make fuzz` installs it

fuzzer: Any = atheris

with fuzzer.instrument_imports(include=["textnlp"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run the target that the command line names."""
    program, name, *options = sys.argv
    fuzzer.Setup([program, *options], TARGETS[name])
    fuzzer.Fuzz()


if __name__ == "__main__":
    main()
