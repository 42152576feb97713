from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories.datasets import row_of, rows_of, written
from textnlp.adapters.dataset_files.card import plain
from textnlp.domain.datasets.model import DatasetCounts, ReasonCount
from textnlp.domain.recipes.output import Export, Output


async def card(tmp_path: Path, *, output: Output | None = None, **changes: Any) -> tuple[dict[str, Any], str]:
    """Return front matter and text."""
    await written(tmp_path / "v1", rows_of(70), output=output, **changes)
    _, front, text = (tmp_path / "v1" / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), text


async def test_the_front_matter_names_every_split_and_its_file(tmp_path: Path) -> None:
    output = Output(splits={"train": 0.9, "hold_out": 0.1}, license="CC-BY-4.0", language=["en", "no"])
    front, _ = await card(tmp_path, output=output)
    assert (front["license"], front["language"], front["size_categories"]) == ("cc-by-4.0", ["en", "no"], ["n<1K"])
    for place in front["configs"][0]["data_files"]:
        assert (tmp_path / "v1" / place["path"]).is_file()
    assert [place["split"] for place in front["configs"][0]["data_files"]] == ["train", "hold_out"]


async def test_a_licence_that_the_hub_does_not_know_is_named(tmp_path: Path) -> None:
    front, _ = await card(tmp_path, output=Output(license="Our-1.0"))
    assert (front["license"], front["license_name"]) == ("other", "Our-1.0")


async def test_the_balance_adds_up_and_an_unknown_price_is_unknown(tmp_path: Path) -> None:
    counts = DatasetCounts(candidates=38, accepted=40, rejected=13, failed=10, surplus=10)
    _, text = await card(tmp_path, counts=counts, stopped_by="max_cost of 2 dollars was reached")
    for line in (
        "| Accepted | 40 | of 40 that were wanted |",
        "| Rejected | 13 | 3 of them candidates that gave no row |",
        "| All | 73 | from 38 candidates |",
        "| scripted | unknown | 9 | 1 | 90 | 0 | unknown |",
        "max\\_cost of 2 dollars was reached",
    ):
        assert line in text
    assert "$0" not in text


async def test_topics_without_rows_are_named(tmp_path: Path) -> None:
    bare = [["tea", f"kind {number}"] for number in range(12)]
    figures = {
        "covered": 8,
        "leaves": 20,
        "evenness": 0.874,
        "without_rows": bare,
        "rows": 9,
        "unknown": 0,
        "branches": [],
    }
    _, text = await card(tmp_path, extra={"topics": figures, "source": "a shelf"})
    assert "- Topics: 8 of 20 have rows, evenness 0.87; without rows: tea / kind 0; tea / kind 1" in text
    assert "kind 9 and others" in text
    assert "- source: a shelf" in text


async def test_every_section_is_there(tmp_path: Path) -> None:
    checks = [{"kind": "length", "column": "answer", "min_words": 2}]
    recipe = {"description": "For tests.", "columns": {"question": {"kind": "text"}}, "checks": checks}
    output = Output(exports=[Export(format="csv")])
    _, text = await card(tmp_path, recipe=recipe, output=output)
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        *("Purpose", "Recipe", "Models", "Counts", "Checks", "Reasons for rejection", "Splits", "Columns", "Exports"),
        *("Limits", "How to verify"),
    ]
    assert "- length of answer: min\\_words 2" in text


async def test_texts_of_models_cannot_break_out_of_their_cells(tmp_path: Path) -> None:
    example = "a | b\n\n# Title <script>alert(1)</script>"
    _, text = await card(tmp_path, reasons=(ReasonCount(code="length", count=1, example=example),))
    assert "| length | 1 | a \\| b # Title &lt;script&gt;alert(1)&lt;/script&gt; |" in text


@pytest.mark.parametrize(("text", "line"), [("a\n b", "a b"), ("*x*", "\\*x\\*"), ("y" * 300, "y" * 199 + "…")])
def test_a_plain_text_is_one_short_line(text: str, line: str) -> None:
    assert plain(text) == line


async def test_no_model_and_no_rejected_row_are_said(tmp_path: Path) -> None:
    await written(tmp_path / "v1", [row_of(0, {"a": 1})], models=(), reasons=(), recipe={})
    text = (tmp_path / "v1" / "README.md").read_text()
    assert "No model was asked." in text
    assert "No row was turned away." in text
