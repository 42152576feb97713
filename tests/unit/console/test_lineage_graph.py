import re

from textnlp.console.lineage_graph import Node, lineage_graph


def test_boxes_lead_to_their_pages_and_are_joined_by_lines() -> None:
    one = Node(name="a", kind="recipe", label="kettles")
    two = Node(name="b", kind="version", label="Version 1", note="8 rows", href="/v1")
    drawn = lineage_graph([("From", [one]), ("To", [two])], [("a", "b"), ("a", "nowhere")], label="Lineage")
    assert drawn.count('class="edge"') == 1
    assert '<a href="/v1"><g class="node version">' in drawn
    assert 'role="group" aria-label="Lineage"' in drawn


def test_names_stay_text_and_are_cut_where_the_box_ends() -> None:
    node = Node(name="a", kind="recipe", label="<script>alert(1)</script> and more")
    drawn = lineage_graph([("From", [node])], [], label="<b>")
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "…</text>" in drawn


def test_empty_columns_are_left_out_and_boxes_below_each_other_are_joined_downwards() -> None:
    nodes = [Node(name=name, kind="version", label=name) for name in ("one", "two")]
    drawn = lineage_graph([("None", []), ("Versions", nodes)], [("one", "two")], label="Lineage")
    assert "None" not in drawn
    path = re.search(r'class="edge" d="M([\d.]+),[\d.]+ L([\d.]+),', drawn)
    assert path is not None
    assert path[1] == path[2]
