import subprocess
import sys

import pytest


def loaded_by(module: str, *heavy: str) -> str:
    """Import a module in a process of its own, and return which of the others came with it."""
    program = f"import sys; import {module}; print(sorted(name for name in {heavy!r} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_wiring_leaves_out_what_only_a_platform_with_callers_needs() -> None:
    heavy = ("numpy", "polars", "jinja2", "yaml", "litestar", "textnlp.domain.recipes", "textnlp.domain.review")
    others = ("opentelemetry", "azure", "google.protobuf", "requests", "textnlp.domain.pii")
    assert loaded_by("textnlp.bootstrap.platform", *heavy, *others) == "[]"


@pytest.mark.parametrize("command", ["batch_remote", "client", "login", "token", "usage"])
def test_a_command_that_asks_a_platform_wires_none(command: str) -> None:
    heavy = ("polars", "numpy", "textnlp.bootstrap.platform", "textnlp.bootstrap.validation_wiring")
    assert loaded_by(f"textnlp.cli.commands.{command}", *heavy) == "[]"
