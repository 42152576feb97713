"""What the judges of a column answer: one model, or a panel of which some may be missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textnlp.application.answer_row import STOPPING_KINDS
from textnlp.application.cells.cell_asker import CellAsker
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message
from textnlp.domain.recipes.judge_columns import JudgingColumn, judges_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAnswers:
    """The answers of judges.

    Attributes:
        answered: by alias, an answer to each question; of those that answered all of them, in the column's order.
        failed: by alias, why a judge gave none.
    """

    answered: Mapping[str, Sequence[Any]]
    failed: Mapping[str, ErrorKind]


async def ask_judges(
    column: JudgingColumn, asker: CellAsker, questions: Sequence[Sequence[Message]], *, schema: Mapping[str, Any]
) -> PanelAnswers:
    """Ask every judge of the column every question, all at the same time; answers satisfy `schema`.

    A judge without an answer to one question has none at all. Raises the error of the first judge that failed where
    fewer answered than have to, and at once where every row would meet it; what was asked is on the tally all the
    same.
    """
    judges = judges_of(column)
    asked = [(judge, messages) for judge in judges for messages in questions]
    found = await asker.ask_json_at_once(asked, schema=schema)
    answered: dict[str, Sequence[Any]] = {}
    errors: dict[str, TextNLPError] = {}
    for place, judge in enumerate(judges):
        given = found[place * len(questions) : (place + 1) * len(questions)]
        error = next((each for each in given if isinstance(each, TextNLPError)), None)
        if error is None:
            answered[judge or ""] = given
        else:
            errors[judge or ""] = error
    stopping = [error for error in found if isinstance(error, TextNLPError) and error.kind in STOPPING_KINDS]
    if stopping:
        raise stopping[0]
    if len(answered) < column.least_judges:
        raise _too_few(column, errors)
    return PanelAnswers(answered=answered, failed={judge: error.kind for judge, error in errors.items()})


def _too_few(column: JudgingColumn, errors: Mapping[str, TextNLPError]) -> TextNLPError:
    first = next(iter(errors.values()))
    if not column.models:
        return first
    message = f"{len(errors)} of {len(column.models)} judges gave no answer, and {column.least_judges} have to"
    return TextNLPError(f"{message}: {', '.join(errors)}. {first.message}", kind=first.kind, facts=first.facts)
