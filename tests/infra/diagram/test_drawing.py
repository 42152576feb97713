from xml.etree import ElementTree as ET

from tools.render_estate import PICTURE, estate_picture

from tests.snapshots import require_snapshot
from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.diagram.placement import place

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_committed_picture_is_what_the_templates_make() -> None:
    require_snapshot(PICTURE, estate_picture())


def test_every_part_and_every_edge_is_drawn_inside_the_picture() -> None:
    root = ET.fromstring(estate_picture())  # noqa: S314  our own picture
    width, height = (int(root.attrib[side]) for side in ("width", "height"))
    boxes = [each for each in root.iter(f"{_SVG}rect") if each.get("class") in {"box", "away"}]
    placed = place(covered_resources())
    held = [*placed.everywhere]
    for region in placed.regions.values():
        held += [*region.linked, *region.outside, *(part for parts in region.inside.values() for part in parts)]
    assert len(boxes) == len(held)
    assert len([each for each in root.iter(f"{_SVG}path") if each.get("class") == "edge"]) == len(placed.edges)
    for box in boxes:
        assert 0 <= int(box.attrib["x"]) <= width - int(box.attrib["width"])
        assert 0 <= int(box.attrib["y"]) <= height - int(box.attrib["height"])


def test_no_two_boxes_lie_on_each_other() -> None:
    root = ET.fromstring(estate_picture())  # noqa: S314  our own picture
    corners = [
        (int(each.attrib["x"]), int(each.attrib["y"]))
        for each in root.iter(f"{_SVG}rect")
        if each.get("class") in {"box", "away"}
    ]
    assert len(set(corners)) == len(corners)
