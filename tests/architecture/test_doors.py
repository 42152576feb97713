"""Each way out of the process has one door: the environment, the clock, and for topology nothing at all."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.source_tree import SOURCE, SourceFile, planted, python_files, require_none, used_names

_ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.getenvb"})
_ENVIRONMENT_DOOR = "textnlp/settings.py"
_CLOCK = frozenset(
    {
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.monotonic_ns",
        "time.sleep",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "asyncio.sleep",
    }
)
_CLOCK_DOORS = ("textnlp/adapters/clock/", "textnlp/client/waiting.py")
"""The client stands alone: its pauses between attempts are its own."""


def foreign_imports(files: list[SourceFile], *, package: str) -> list[str]:
    """Return the places in `package` that import anything but itself and the standard library."""
    return [
        f"{file.place}:{line}: {name}"
        for file in files
        if f"{file.module}.".startswith(f"{package}.")
        for line, name in file.imported()
        if not f"{name}.".startswith(f"{package}.") and name.partition(".")[0] not in sys.stdlib_module_names
    ]


def uses_outside(files: list[SourceFile], names: frozenset[str], *, door: str | tuple[str, ...]) -> list[str]:
    """Return the places outside `door`, files or folders, that use one of `names`, however it was imported."""
    found = {
        f"{file.place}:{line}: {name}"
        for file in files
        if not file.place.startswith(door)
        for line, used in used_names(file)
        for name in names
        if f"{used}.".startswith(f"{name}.")
    }
    return sorted(found)


_OURS = python_files(SOURCE)


def test_topology_imports_nothing_but_the_standard_library() -> None:
    require_none(foreign_imports(_OURS, package="textnlp.topology"), "topology is read where nothing is installed")


def test_topology_loads_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules); import textnlp.topology.catalog;"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names) - {'org'}))"  # `org` is what the standard library's copy module tries
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "['textnlp']"


def test_only_settings_reads_the_environment() -> None:
    require_none(uses_outside(_OURS, _ENVIRONMENT, door=_ENVIRONMENT_DOOR), "take the value from Settings")


def test_only_the_clock_tells_the_time_and_waits() -> None:
    require_none(uses_outside(_OURS, _CLOCK, door=_CLOCK_DOORS), "ask the port textnlp.ports.clock.Clock")


def test_a_foreign_import_is_found(tmp_path: Path) -> None:
    files = planted(
        tmp_path,
        {
            "textnlp/topology/a.py": "import json\nimport msgspec\nfrom textnlp.domain import model\n",
            "textnlp/topology/b.py": "from textnlp.topology.a import X\nfrom datetime import date\n",
            "textnlp/topology_tools.py": "import msgspec\n",
        },
    )
    assert foreign_imports(files, package="textnlp.topology") == [
        "textnlp/topology/a.py:2: msgspec",
        "textnlp/topology/a.py:3: textnlp.domain.model",
    ]


def test_the_environment_is_found_by_whatever_name(tmp_path: Path) -> None:
    files = planted(
        tmp_path,
        {
            "a.py": "import os\nx = os.environ['HOME']\n",
            "b.py": "from os import environ as e\nx = e.get('HOME')\n",
            "c.py": "from os import getenv\nx = getenv('HOME')\n",
            "d.py": "import os as system\nx = dict(system.environ)\n",
            "e.py": "import os\nx = os.path.join('environ', 'b')\nenviron = 1\ny = environ\n",
            "door.py": "import os\nx = os.environ\n",
        },
    )
    assert uses_outside(files, _ENVIRONMENT, door="door.py") == [
        "a.py:2: os.environ",
        "b.py:2: os.environ",
        "c.py:2: os.getenv",
        "d.py:2: os.environ",
    ]


def test_the_time_is_found_by_whatever_name(tmp_path: Path) -> None:
    files = planted(
        tmp_path,
        {
            "a.py": "import time\nx = time.time()\n",
            "b.py": "from datetime import datetime, UTC\nx = datetime.now(UTC)\n",
            "c.py": "import datetime as d\nx = d.datetime.utcnow()\n",
            "d.py": "from time import monotonic\ndef f(clock=monotonic): ...\n",
            "e.py": "from datetime import date, datetime\nx = date(2027, 3, 5)\ny = datetime.fromisoformat('')\n",
            "f.py": "def f(clock):\n    return clock.now()\n",
            "clock/system.py": "import time\nx = time.time()\n",
        },
    )
    assert uses_outside(files, _CLOCK, door="clock/") == [
        "a.py:2: time.time",
        "b.py:2: datetime.datetime.now",
        "c.py:2: datetime.datetime.utcnow",
        "d.py:2: time.monotonic",
    ]
