"""Cells that are scores by a rubric, of one judge or of a panel."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker
from textnlp.application.cells.panel_answers import PanelAnswers, ask_judges
from textnlp.application.cells.prompt_cells import Prompt
from textnlp.domain.judging.questions import REASON_SCHEMA
from textnlp.domain.judging.scores import Combination, combine_scores, score_agreement
from textnlp.domain.recipes.judge_columns import JudgeColumn
from textnlp.domain.templates.template import PromptTemplate

Row = Mapping[str, Any]


class Rubric:
    """What a judge is told and how it answers.

    The reason comes before the mark, so that the mark follows from it (G-Eval, Liu et al. 2023, arXiv 2303.16634, has
    the judge think first).
    """

    def __init__(self, column: JudgeColumn) -> None:
        self._scores = {name: (PromptTemplate(score.description), score.scale) for name, score in column.scores.items()}
        self.schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: _verdict(sorted(scale)) for name, (_, scale) in self._scores.items()},
            "required": list(self._scores),
            "additionalProperties": False,
        }

    def text(self, row: Row) -> str:
        """Return the rubrics in words."""
        told = ["Judge by these rubrics. For each give a short reason first, then the mark."]
        for name, (description, scale) in self._scores.items():
            marks = "; ".join(f"{mark} = {scale[mark]}" for mark in sorted(scale))
            told.append(f"- {name}: {description.render(row)} Marks: {marks}.")
        return "\n".join(told)


async def judge(column: JudgeColumn, prompt: Prompt, rubric: Rubric, row: Row, asker: CellAsker) -> dict[str, Any]:
    """Return `{score, reason}` for every score of the column, of a panel `{score, agreement, judges}`."""
    messages = prompt.messages(row, added=rubric.text(row))
    answers = await ask_judges(column, asker, [messages], schema=rubric.schema)
    if not column.models:
        return answers.answered[column.model or ""][0]
    return {name: _panel_score(column, name, answers) for name in column.scores}


def _panel_score(column: JudgeColumn, name: str, answers: PanelAnswers) -> dict[str, Any]:
    given = {judge: answer[0][name] for judge, answer in answers.answered.items()}
    scores: list[int] = [each["score"] for each in given.values()]
    agreement = score_agreement(scores)
    return {
        "score": combine_scores(scores, Combination(column.combine)),
        "agreement": {"equal": agreement.equal, "spread": agreement.spread},
        "judges": {
            judge: {**given[judge], "error": None}
            if judge in given
            else {"score": None, "reason": None, "error": answers.failed[judge].value}
            for judge in column.models or ()
        },
    }


def _verdict(marks: list[int]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"reason": REASON_SCHEMA, "score": {"type": "integer", "enum": marks}},
        "required": ["reason", "score"],
        "additionalProperties": False,
    }
