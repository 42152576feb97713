"""Examples for prompts, made of what people have corrected."""

from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import ReviewItem
from textnlp.domain.review.questions import EditQuestion
from textnlp.domain.review.rules import final_values

Example = dict[str, str | int | float | bool | None]


def accepted_examples(items: Sequence[ReviewItem], document: ReviewDocument) -> list[Example]:
    """Return the rows whose edits are settled, each with the text as it should read in the place of the one it had.

    Only single values go along, so that the rows can be seeds of a recipe. Raises `INVALID_INPUT` for a review that
    asks for no edit.
    """
    edits = {name: each for name, each in document.questions.items() if isinstance(each, EditQuestion)}
    if not edits:
        raise _no_edits()
    examples: list[Example] = []
    for item in items:
        final = final_values(item, document)
        edited = {edits[name].column: final[name] for name in edits if name in final}
        if len(edited) == len(edits):
            examples.append(_singles({**item.row, **edited}))
    return examples


def _singles(row: Mapping[str, Any]) -> Example:
    return {name: value for name, value in row.items() if value is None or isinstance(value, str | int | float)}


def _no_edits() -> TextNLPError:
    message = "The review asks for no edit, so that there is no corrected text to give as an example."
    return invalid_input(message, field="format")
