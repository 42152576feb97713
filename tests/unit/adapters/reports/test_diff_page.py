import random

from selectolax.lexbor import LexborHTMLParser

from tests.unit.application.test_compare_datasets import side
from textnlp.adapters.reports.diff_page import render_diff
from textnlp.application.compare_datasets import ComparedRows, compare_datasets
from textnlp.domain.reports.dataset_diff import DatasetDiff, DiffSide

_ATTACK = "\"'></style></title><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def diff_of(text: str) -> DatasetDiff:
    draw = random.Random(1)
    before = [
        {"id": f"{text}{n}", text: text, "label": text, "n": draw.random(), "talk": text * (n % 4 + 1) + str(n)}
        for n in range(60)
    ]
    after = [{**row, "label": "b", "n": draw.random() + 1, "more": text} for row in before[20:]]
    facts = {text: text}
    one, other = side(*before), side(*after, {"id": text, text: 5})
    first = ComparedRows(side=DiffSide(name=text, version=1, facts=facts), source=one.source)
    second = ComparedRows(side=DiffSide(name=text, version=2, facts={text: "other"}), source=other.source)
    return compare_datasets(first, second, by="id")


def page_of(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(render_diff(diff_of(text)))


def test_no_text_becomes_part_of_the_page() -> None:
    page = page_of(_ATTACK)
    assert not page.css("script, img, link, iframe, object")
    assert len(page.css("style")) == 1
    assert _ATTACK in (page.body.text() if page.body else "")
    names = {name for node in page.css("*") for name in node.attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}


def test_every_part_is_there_and_linked() -> None:
    page = page_of("plain")
    assert [node.text() for node in page.css("h2")] == [
        *("Rows", "Schema", "Drift", "Columns", "Changed rows", "Added rows", "Removed rows"),
    ]
    assert [link.attributes["href"] for link in page.css("nav a")] == [f"#{node.id}" for node in page.css("section")]


def test_rows_are_counted_and_changes_told() -> None:
    page = page_of("plain")
    legend = [" ".join(node.text().split()) for node in page.css(".legend li")]
    assert legend == ["unchanged 0", "changed 40", "added 1", "removed 20"]
    changes = page.css("section#changed .card:nth-of-type(1) del")
    assert changes
    assert page.css("section#changed ins")


def test_equal_datasets_have_a_page() -> None:
    rows = side({"a": "x", "n": 1}, {"a": "y", "n": 1})
    page = LexborHTMLParser(render_diff(compare_datasets(rows, rows)))
    assert "told by their content" in (page.body.text() if page.body else "")
    empty = LexborHTMLParser(render_diff(compare_datasets(side(), side())))
    assert [node.text() for node in empty.css("h2")] == ["Rows"]
