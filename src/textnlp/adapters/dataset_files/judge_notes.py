"""What a report says of the judges of a dataset: what their scores are worth, or that nobody knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from textnlp.domain.generation.model import JsonObject
from textnlp.domain.review.calibration import (
    CALIBRATION_FILE,
    CalibrationDocument,
    JudgeCalibration,
    uncalibrated_warning,
)

_MAX_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePart:
    """What the page says of one judge; `warnings` are sentences."""

    name: str
    facts: str
    warnings: Sequence[str]


def judge_parts(recipe: JsonObject, folder: Path) -> list[JudgePart]:
    """Return what is to be said of every score that the recipe's judges give.

    `folder` is the dataset's, where `calibration.json` lies beside the versions. One that cannot be read costs no run:
    it is told in the warnings.
    """
    names = list(_judges(recipe))
    if not names:
        return []
    try:
        document = _read(folder / CALIBRATION_FILE)
    except (OSError, ValidationError) as exc:
        fault = f"{CALIBRATION_FILE} cannot be read: {_first_line(exc)}."
        return [JudgePart(name=name, facts="", warnings=[fault]) for name in names]
    return [_part(name, None if document is None else document.of_judge(name)) for name in names]


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


def _part(name: str, found: JudgeCalibration | None) -> JudgePart:
    if found is None:
        return JudgePart(name=name, facts="", warnings=[uncalibrated_warning(name)])
    known = [f"compared with people on {found.rows:,} rows ({found.question}: {found.good})"]
    if found.threshold is not None:
        known.append(f"good from {found.threshold:g} on")
        known.append(f"precision {found.precision:.2f}, recall {found.recall:.2f}")
    if found.kappa is not None:
        known.append(f"kappa {found.kappa:.2f}")
    return JudgePart(name=name, facts="; ".join(known), warnings=found.notes)


def _first_line(exc: Exception) -> str:
    return str(exc).splitlines()[0].rstrip(".")
