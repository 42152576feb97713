from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from tests.factories.datasets import row_of, rows_of, written
from textnlp.domain.datasets.model import ReasonCount

_ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>"


async def report(folder: Path) -> LexborHTMLParser:
    return LexborHTMLParser((folder / "report.html").read_text(encoding="utf-8"))


async def test_nothing_of_a_row_becomes_part_of_the_page(tmp_path: Path) -> None:
    rows = [row_of(place, {_ATTACK: _ATTACK, "answer": _ATTACK}) for place in range(3)]
    reasons = (ReasonCount(code=_ATTACK, count=1, example=_ATTACK),)
    recipe = {"description": _ATTACK}
    await written(tmp_path / "v1", rows, reasons=reasons, recipe=recipe, name="x", stopped_by=_ATTACK)
    page = await report(tmp_path / "v1")
    assert not page.css("script, img, link, iframe, a")
    assert _ATTACK in (page.body.text() if page.body else "")


async def test_the_page_may_load_and_run_nothing(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(14))
    page = await report(tmp_path / "v1")
    policy = page.css_first("meta[http-equiv=Content-Security-Policy]")
    assert policy is not None
    assert "default-src 'none'" in (policy.attributes["content"] or "")
    assert "http" not in (tmp_path / "v1" / "report.html").read_text().replace("http-equiv", "")


async def test_counts_reasons_lengths_and_values_are_shown(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(140))
    page = await report(tmp_path / "v1")
    figures = [node.text(deep=False, strip=True) for node in page.css(".figures b")]
    assert figures == ["80", "20", "20", "20", "140", "80", "70"]
    titles = [node.text() for node in page.css("h3")]
    assert titles == ["stars", "question", "answer"]
    labels = [node.text() for node in page.css(".grid .card:first-child .bars span")]
    assert labels == ["1", "2", "3", "4", "5"]
    assert page.css(".grid .card .plot b")
    assert "unknown" in page.css("td")[-1].text()


async def test_an_empty_dataset_has_a_page(tmp_path: Path) -> None:
    await written(tmp_path / "v1", [], reasons=(), models=())
    page = await report(tmp_path / "v1")
    text = page.body.text() if page.body else ""
    assert "No row was accepted." in text
    assert "No row was turned away." in text
