import subprocess
import sys

import pytest

from textnlp.cli.lazy_group import CommandTable, LazyCommand, LazySection
from textnlp.cli.main import COMMANDS


def every_command(table: CommandTable = COMMANDS) -> list[LazyCommand]:
    found: list[LazyCommand] = []
    for entry in table.values():
        found.extend(every_command(entry.commands) if isinstance(entry, LazySection) else [entry])
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["usage", "--by", "planet"], "'planet' is not one of"),
        (["usage", "show", "--help"], "--since"),
        (["usage", "--help"], "budget"),
        (["usage", "budget", "--help"], "remove"),
        (["usage", "budget", "set", "--help"], "--period"),
        (["usage", "--csv", "--json"], "Choose one of"),
    ],
)
def test_a_section_has_a_command_for_when_none_is_named(words: list[str], said: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "textnlp.cli.main", *words], capture_output=True, text=True, check=False
    )
    assert said in result.stdout + result.stderr


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
