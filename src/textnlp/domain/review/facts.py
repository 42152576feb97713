"""What is told of reviews and their items, as JSON values, wherever they are shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from textnlp.domain.review.blinding import ItemView
from textnlp.domain.review.calibration import CalibrationDocument
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Review, ReviewItem, ReviewProgress
from textnlp.domain.review.rules import disputed_questions, final_values


def review_facts(review: Review) -> dict[str, Any]:
    """Tell what a review is and asks."""
    document = review.document
    return {
        "id": review.id,
        "name": document.name,
        "guidelines": document.guidelines,
        "questions": {name: question.model_dump(mode="json") for name, question in document.questions.items()},
        "overlap": document.overlap,
        "blind": document.blind,
        "owner": review.owner,
        "source": review.source,
        "created_at": review.created_at,
        "item_count": review.item_count,
    }


def progress_facts(progress: ReviewProgress) -> dict[str, Any]:
    """Tell how far a review is."""
    return {"states": {state.value: count for state, count in progress.states.items()}, "answers": progress.answers}


def view_facts(view: ItemView, *, until: datetime) -> dict[str, Any]:
    """Tell what a reviewer sees of an item that is theirs until a moment."""
    return {
        "position": view.position,
        "row": view.row,
        "pairs": {name: {"left": left, "right": right} for name, (left, right) in view.pairs.items()},
        "answers": view.answers,
        "comments": view.comments,
        "until": until,
    }


def item_facts(item: ReviewItem, document: ReviewDocument) -> dict[str, Any]:
    """Tell of an item: its row, what holds of it by question, and everything that was said."""
    return {
        "id": item.row_id,
        "position": item.position,
        "state": item.state,
        "row": item.row,
        "final": final_values(item, document),
        "disputed": disputed_questions(item, document) if item.decision is None else [],
        "answers": item.answers,
        "skips": item.skips,
        "comments": item.comments,
        "decision": item.decision,
    }


def calibration_facts(document: CalibrationDocument) -> Mapping[str, Any]:
    """Tell what a calibration found, and what to know before trusting it."""
    judges = [{**each.model_dump(mode="json"), "notes": each.notes} for each in document.judges]
    return {"version": document.version, "review": document.review, "judges": judges}
