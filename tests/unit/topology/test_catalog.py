import json
import subprocess
import sys
from pathlib import Path

from tests.snapshots import require_snapshot
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.document import as_document
from textnlp.topology.soundness import require_sound

_SNAPSHOT = Path(__file__).parent / "topology.json"


def test_the_whole_declaration_is_as_pinned() -> None:
    require_snapshot(_SNAPSHOT, json.dumps(as_document(TOPOLOGY), indent=1, ensure_ascii=False) + "\n")


def test_the_declaration_holds_together() -> None:
    assert require_sound(TOPOLOGY) is TOPOLOGY


def test_the_declaration_loads_nothing_outside_the_standard_library() -> None:
    script = (
        "import sys, textnlp.topology.catalog;"
        "print([n for n in sys.modules if n.partition('.')[0] not in {*sys.stdlib_module_names, 'textnlp', '__main__'}"
        " and not n.startswith(('_', 'sitecustomize'))])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
