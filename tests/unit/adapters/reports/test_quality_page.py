import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import msgspec
from selectolax.lexbor import LexborHTMLParser

from tests.factories.datasets import row_of, rows_of, written
from tests.factories.reports import report_of
from textnlp.adapters.reports.quality_page import render_report
from textnlp.domain.datasets.model import ReasonCount
from textnlp.domain.reports.model import Balance, QualityReport, Subject

_ATTACK = "\"'></style></title><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
_TITLES = [
    *("Rows", "Checks", "Columns", "Diversity", "Coverage", "Duplicates", "Contamination and leakage"),
    *(
        "Personal data and secrets",
        "Judges",
        "Panels of judges",
        "Pairs",
        "Rankings",
        "Drift",
        "Cost",
        "Examples",
        "Provenance",
    ),
]


def page_of(report: QualityReport) -> LexborHTMLParser:
    return LexborHTMLParser(render_report(report))


def text_of(page: LexborHTMLParser) -> str:
    return " ".join((page.body.text() if page.body else "").split())


def test_no_text_of_any_part_becomes_part_of_the_page() -> None:
    plain, attacked = page_of(report_of("plain")), page_of(report_of(_ATTACK))
    assert not attacked.css("script, img, link, iframe, object, embed, base")
    tags = [[node.tag for node in page.css("*")] for page in (plain, attacked)]
    # Names without a place of their own may be left out, but nothing is added.
    assert set(tags[1]) == set(tags[0])
    assert len(attacked.css("style")) == 1
    assert _ATTACK in text_of(attacked)
    assert "49" not in {node.text() for node in attacked.css("h1, h3")}
    names = {name for node in attacked.css("*") for name in node.attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}


async def test_nothing_of_a_row_becomes_part_of_the_page(tmp_path: Path) -> None:
    rows = [row_of(place, {_ATTACK: _ATTACK, "answer": _ATTACK}) for place in range(3)]
    reasons = (ReasonCount(code=_ATTACK, count=1, example=_ATTACK),)
    await written(tmp_path / "v1", rows, reasons=reasons, recipe={"description": _ATTACK}, stopped_by=_ATTACK)
    page = LexborHTMLParser((tmp_path / "v1" / "report.html").read_text(encoding="utf-8"))
    assert not page.css("script, img, link, iframe")
    assert _ATTACK in text_of(page)


def test_the_page_may_load_and_run_nothing_but_its_own_style() -> None:
    page = page_of(report_of("plain"))
    policy = page.css_first("meta[http-equiv=Content-Security-Policy]")
    style = page.css_first("style")
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.text().encode()).digest()).decode()
    content = policy.attributes["content"] or ""
    assert content.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in content
    source = render_report(report_of("plain")).decode().replace("http-equiv", "")
    assert "http" not in source
    assert "url(" not in source
    assert {link.attributes["href"] for link in page.css("a")} == {f"#{node.id}" for node in page.css("section")}


def test_every_part_is_shown_under_its_title() -> None:
    page = page_of(report_of("plain"))
    assert [node.text() for node in page.css("h2")] == _TITLES
    links = [(link.attributes["href"] or "").removeprefix("#") for link in page.css("nav a")]
    assert links == [node.id for node in page.css("section")]


def test_the_first_figures_are_what_is_asked_first() -> None:
    page = page_of(report_of("plain"))
    tiles = {node.css_first("dt").text(): node.css_first("dd").text() for node in page.css(".tiles div")}  # pyright: ignore[reportOptionalMemberAccess]  every tile has both
    assert tiles == {
        "Accepted rows": "40",
        "Pass rate": "81.6%",
        "Duplicates removed": "2",
        "Main language": "plain",
        "Self-BLEU": "0.42",
        "Cost by accepted row": "$0.013",
    }


def test_charts_have_words_and_tables_beside_them() -> None:
    page = page_of(report_of("plain"))
    for chart in page.css("svg"):
        assert chart.attributes.get("aria-hidden") == "true" or chart.attributes.get("aria-label")
    plots = page.css("svg.plot")
    assert plots
    assert len(page.css("details.data table")) == len(plots)
    assert not [table for table in page.css("table") if not table.css("th[scope]")]
    headings = [int((node.tag or "")[1:]) for node in page.css("h1, h2, h3, h4")]
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))


async def test_counts_reasons_lengths_and_values_of_a_dataset_are_shown(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(140))
    page = LexborHTMLParser((tmp_path / "v1" / "report.html").read_text(encoding="utf-8"))
    legend = [re.sub(r"\s+", " ", node.text()).strip() for node in page.css(".legend li")]
    assert legend == ["accepted 80 57.1%", "rejected 20 14.3%", "failed 20 14.3%", "surplus 20 14.3%"]
    assert [node.text() for node in page.css(".columns h3")] == ["stars", "question", "answer"]
    labels = [node.text().strip() for node in page.css(".columns .card:first-child tbody th")]
    assert labels == ["1", "2", "3", "4", "5"]
    assert "The price of a model is not known" in text_of(page)


def test_a_report_of_nothing_is_a_page() -> None:
    empty = Balance(rows=0, accepted=0, rejected=0, failed=0, surplus=0)
    report = QualityReport(subject=Subject(kind="validation", name="rows.jsonl"), balance=empty)
    page = page_of(report)
    assert [node.text() for node in page.css("h2")] == ["Rows"]
    assert "of 0 read" in text_of(page)


def test_an_unknown_price_and_no_accepted_row_are_told_without_a_number() -> None:
    report = report_of("plain")
    assert report.cost is not None
    cost = msgspec.structs.replace(report.cost, total=None, per_accepted_row=None)
    balance = msgspec.structs.replace(report.balance, accepted=0, rejected=46)
    text = text_of(page_of(msgspec.structs.replace(report, cost=cost, balance=balance)))
    assert "no price is known" in text
    assert "of 40 wanted" in text
