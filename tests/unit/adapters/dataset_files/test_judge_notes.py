from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from tests.factories.datasets import rows_of, written
from textnlp.adapters.dataset_files.judge_notes import judge_figures
from textnlp.domain.review.calibration import CALIBRATION_FILE, CalibrationDocument, JudgeCalibration

RECIPE: dict[str, Any] = {
    "columns": {
        "answer": {"kind": "text"},
        "grade": {"kind": "judge", "scores": {"clarity": {}, "truth": {}}},
    }
}


def calibrated(folder: Path, **more: Any) -> None:
    facts: dict[str, Any] = {"judge": "grade.clarity", "question": "quality", "good": "4 or more", "rows": 80}
    facts |= {"good_rows": 40, "threshold": 4.0, "chosen_by": "max_f1", "precision": 0.9, "recall": 0.8}
    judge = JudgeCalibration(**{**facts, **more})
    document = CalibrationDocument(review="review_1", judges=[judge])
    (folder / CALIBRATION_FILE).write_text(document.model_dump_json(), encoding="utf-8")


def test_a_judge_that_was_never_compared_is_warned_of(tmp_path: Path) -> None:
    parts = judge_figures(RECIPE, tmp_path)
    assert [part.judge for part in parts] == ["grade.clarity", "grade.truth"]
    assert all("not compared with what people say" in part.notes[0] for part in parts)
    assert judge_figures({"columns": {"answer": {"kind": "text"}}}, tmp_path) == []


def test_a_calibrated_judge_has_its_figures_and_the_other_its_warning(tmp_path: Path) -> None:
    calibrated(tmp_path, kappa=0.72)
    clarity, truth = judge_figures(RECIPE, tmp_path)
    assert (clarity.labels, clarity.question, clarity.threshold) == (80, "quality: 4 or more", 4.0)
    assert (clarity.precision, clarity.recall, clarity.kappa) == (0.9, 0.8, 0.72)
    assert (clarity.notes, len(truth.notes)) == ([], 1)


def test_little_agreement_is_warned_of(tmp_path: Path) -> None:
    calibrated(tmp_path, rows=10, kappa=0.1)
    assert len(judge_figures(RECIPE, tmp_path)[0].notes) == 2


def test_a_calibration_that_cannot_be_read_costs_no_run(tmp_path: Path) -> None:
    (tmp_path / CALIBRATION_FILE).write_text("{", encoding="utf-8")
    assert all("cannot be read" in part.notes[0] for part in judge_figures(RECIPE, tmp_path))


async def test_the_report_of_a_later_version_says_what_its_judges_are_worth(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(14), recipe=RECIPE)
    calibrated(tmp_path)
    await written(tmp_path / "v2", rows_of(14), recipe=RECIPE)
    first, second = (
        LexborHTMLParser((tmp_path / version / "report.html").read_text(encoding="utf-8")) for version in ("v1", "v2")
    )
    assert "grade.clarity were not compared" in (first.body.text() if first.body else "")
    shown = second.body.text() if second.body else ""
    assert "quality: 4 or more" in shown
    assert "grade.clarity were not compared" not in shown
