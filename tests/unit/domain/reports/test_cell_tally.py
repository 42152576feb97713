from textnlp.domain.reports.cell_tally import CellTally, recipe_cells, topic_figures
from textnlp.domain.topics.coverage import coverage, coverage_document
from textnlp.domain.topics.tree import Topic, TopicTree

_RECIPE = {
    "columns": {
        "mix": {"kind": "quota", "factors": {"tone": ["kind", "rude"], "stars": [1, 2]}},
        "size": {"kind": "category", "values": ["small", "large"]},
        "colour": {"kind": "category", "values": ["red", "blue", "green"]},
        "text": {"kind": "text", "prompt": "x"},
    }
}


def test_quotas_are_told_with_their_targets() -> None:
    tally = recipe_cells(_RECIPE)
    tally.add([{"mix": {"tone": "kind", "stars": 1}, "size": "small", "colour": "red"}] * 3)
    tally.add([{"mix": {"tone": "odd", "stars": 1}, "size": "large", "colour": "red"}, {"mix": None}])
    quota, combined = tally.figures(target=8)
    assert (quota.name, quota.cells, quota.covered, quota.rows, quota.unknown) == ("mix", 4, 1, 5, 2)
    assert [(cell.labels, cell.rows, cell.target) for cell in quota.listed] == [
        *((["kind", "1"], 3, 2), (["kind", "2"], 0, 2), (["rude", "1"], 0, 2), (["rude", "2"], 0, 2)),
    ]
    assert (combined.name, combined.factors) == ("size by colour", ["size", "colour"])
    assert (combined.cells, combined.covered, combined.rows, combined.unknown) == (6, 2, 5, 1)


def test_columns_are_combined_as_long_as_there_are_few_combinations() -> None:
    many = {
        name: {"kind": "category", "values": list(range(size))}
        for name, size in (("a", 30), ("b", 30), ("c", 30), ("d", 1))
    }
    figures = recipe_cells({"columns": many}).figures(target=None)
    assert [(each.factors, each.cells) for each in figures] == [(["a", "b", "d"], 900)]
    assert len(figures[0].listed) == 200
    assert CellTally({}, {}).figures(target=5) == []


def test_values_without_end_are_counted_in_bounded_memory() -> None:
    tally = recipe_cells(_RECIPE)
    tally.add([{"mix": {"tone": str(number), "stars": number}} for number in range(30_000)])
    quota = tally.figures(target=None)[0]
    assert (quota.rows, quota.unknown) == (30_000, 30_000)


def test_topics_without_rows_are_listed() -> None:
    leaves = (Topic(text="tea", topics=(), note=None), Topic(text="milk", topics=(), note=None))
    tree = TopicTree(root=Topic(text="drinks", topics=leaves, note=None), depth=1, degree=2)
    found = topic_figures(coverage_document(coverage(tree, ["tea", "tea", "beer"])))
    assert (found.cells, found.covered, found.rows, found.unknown) == (2, 1, 3, 1)
    assert len(found.listed) == 1
    assert found.listed[0].labels[0].endswith("milk")
