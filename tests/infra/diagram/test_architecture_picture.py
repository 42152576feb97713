from xml.etree import ElementTree as ET

import pytest
from tools.render_architecture import FOLDER, PICTURES

from tests.snapshots import require_snapshot
from textnlp.topology.catalog import TOPOLOGY

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", list(PICTURES))
def test_the_committed_picture_is_what_the_declaration_says(name: str) -> None:
    require_snapshot(FOLDER / name, PICTURES[name]())


def test_every_process_and_all_that_it_sends_and_receives_is_drawn_inside_the_picture() -> None:
    root = ET.fromstring(PICTURES["architecture-processes.svg"]())  # noqa: S314  our own picture
    width, height = (int(root.attrib[side]) for side in ("width", "height"))
    named = {each.text for each in root.iter(f"{_SVG}text") if each.get("class") == "label"}
    standing = [process for process in TOPOLOGY.processes if process.part_of is None]
    assert {process.name for process in standing} <= named
    assert {queue.name for queue in TOPOLOGY.queues} <= named
    ways = sum(len(process.sends) + len(process.receives) for process in standing)
    assert len([each for each in root.iter(f"{_SVG}path") if each.get("class") == "edge"]) == ways
    for box in root.iter(f"{_SVG}rect"):
        assert int(box.get("x", "0")) + int(box.attrib["width"]) <= width
        assert int(box.get("y", "0")) + int(box.attrib["height"]) <= height
