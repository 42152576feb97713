import subprocess
import sys

import pytest

from textnlp.cli.lazy_group import LazyCommand, LazySection
from textnlp.cli.main import COMMANDS


def every_command() -> list[LazyCommand]:
    found: list[LazyCommand] = []
    for entry in COMMANDS.values():
        found.extend(entry.commands.values() if isinstance(entry, LazySection) else [entry])
    return found


def test_help_lists_every_command_with_its_line() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "textnlp.cli.main", "--help"], capture_output=True, text=True, check=True
    )
    for name, entry in COMMANDS.items():
        assert name in result.stdout
        assert entry.summary.split(",")[0][:40] in result.stdout


def test_listing_commands_imports_none_of_them() -> None:
    program = (
        "import sys; sys.argv = ['textnlp', '--help']\n"
        "from textnlp.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('textnlp.cli.commands.', 'aiohttp', 'psycopg', 'pydantic')\n"
        "print(sorted(name for name in sys.modules if name.startswith(heavy)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", every_command(), ids=lambda command: command.target)
def test_every_command_can_be_loaded(command: LazyCommand) -> None:
    assert callable(command.load())


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "textnlp.cli.main", "bath"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "Did you mean 'batch'?" in result.stderr


def test_the_version_is_printed() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "textnlp.cli.main", "--version"], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("textnlp 0.")
