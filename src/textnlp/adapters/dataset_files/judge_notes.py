"""What a report says of the judges of a dataset: what their scores are worth, or that nobody knows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from textnlp.domain.generation.model import JsonObject
from textnlp.domain.reports.finding_figures import JudgeFigures
from textnlp.domain.review.calibration import (
    CALIBRATION_FILE,
    CalibrationDocument,
    JudgeCalibration,
    uncalibrated_warning,
)

_MAX_BYTES = 16 << 20


def judge_figures(recipe: JsonObject, folder: Path) -> list[JudgeFigures]:
    """Return what is to be said of every score that the recipe's judges give.

    `folder` is the dataset's, where `calibration.json` lies beside the versions. One that cannot be read costs no run:
    it is told in the notes.
    """
    names = list(_judges(recipe))
    if not names:
        return []
    try:
        document = _read(folder / CALIBRATION_FILE)
    except (OSError, ValidationError) as exc:
        fault = f"{CALIBRATION_FILE} cannot be read: {_first_line(exc)}."
        return [JudgeFigures(judge=name, notes=[fault]) for name in names]
    return [_figures(name, None if document is None else document.of_judge(name)) for name in names]


def _judges(recipe: JsonObject) -> Iterator[str]:
    columns: Mapping[str, Any] = recipe.get("columns") or {}
    for name, column in columns.items():
        scores: Mapping[str, Any] = column.get("scores") or {}
        if column.get("kind") == "judge":
            yield from (f"{name}.{score}" for score in scores)


def _read(path: Path) -> CalibrationDocument | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return CalibrationDocument.model_validate_json(file.read(_MAX_BYTES))


def _figures(name: str, found: JudgeCalibration | None) -> JudgeFigures:
    if found is None:
        return JudgeFigures(judge=name, notes=[uncalibrated_warning(name)])
    return JudgeFigures(
        judge=name,
        labels=found.rows,
        question=f"{found.question}: {found.good}",
        kappa=found.kappa,
        threshold=found.threshold,
        precision=found.precision,
        recall=found.recall,
        notes=list(found.notes),
    )


def _first_line(exc: Exception) -> str:
    return str(exc).splitlines()[0].rstrip(".")
