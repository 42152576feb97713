"""The one file that switches a process of the platform from this machine to Azure."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path


def write_environment(path: Path, variables: Mapping[str, str]) -> None:
    """Write variables as a shell reads them, for the eyes of the owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


def read_environment(path: Path) -> dict[str, str]:
    """Read what `write_environment` wrote."""
    lines = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: shlex.split(value)[0] if value else "" for name, _, value in lines}
