import json
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
