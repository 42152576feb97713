"""What a reviewer sees of an item, and what the sides that were seen stand for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from textnlp.domain.errors import invalid_input
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Answer, Comment, ReviewItem
from textnlp.domain.review.questions import TIE, PairwiseQuestion
from textnlp.domain.review.row_values import value_at

_LEFT_RIGHT = {"first": "left", "second": "right"}
_RIGHT_LEFT = {"first": "right", "second": "left"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """What one reviewer sees of an item.

    Attributes:
        row: the columns that are shown; those of pairs are in `pairs`.
        pairs: for each pairwise question the texts on the left and on the right.
        answers: what others answered; empty in a blind review.
        comments: what others remarked; the reviewer's own remarks alone in a blind review.
    """

    position: int
    row_id: str
    row: Mapping[str, Any]
    pairs: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    answers: tuple[Answer, ...] = ()
    comments: tuple[Comment, ...] = ()


def view_item(item: ReviewItem, document: ReviewDocument, *, reviewer: str) -> ItemView:
    """Return what a reviewer sees of an item.

    In a blind review the columns of pairs go by side alone, and the row's own id is not told, since ids often name
    what wrote them.
    """
    pairs = {name: each for name, each in document.questions.items() if isinstance(each, PairwiseQuestion)}
    paired = {side.partition(".")[0] for each in pairs.values() for side in (each.first, each.second)}
    hidden = document.hidden_columns | paired
    chosen = {column.partition(".")[0] for column in document.columns} if document.columns else set(item.row)
    comments = item.comments
    if document.blind:
        comments = tuple(each for each in item.comments if each.reviewer == reviewer)
    return ItemView(
        position=item.position,
        row_id="" if document.blind else item.row_id,
        row={name: value for name, value in item.row.items() if name in chosen and name not in hidden},
        pairs={name: _sides(item, document, name, each, reviewer) for name, each in pairs.items()},
        answers=() if document.blind else tuple(each for each in item.answers if each.reviewer != reviewer),
        comments=comments,
    )


def sides_to_columns(
    values: Mapping[str, Any], item: ReviewItem, document: ReviewDocument, *, reviewer: str
) -> dict[str, Any]:
    """Return an answer with `left` and `right` of pairs as `first` and `second`; a tie stays one.

    Raises `INVALID_INPUT` for any other text, above all for a column, whose side the reviewer cannot have meant.
    """
    turned = dict(values)
    for name, question in document.questions.items():
        value = turned.get(name)
        if not isinstance(question, PairwiseQuestion) or value is None or value == TIE:
            continue
        columns = {side: column for column, side in _side_names(item, document, name, reviewer).items()}
        if not isinstance(value, str) or value not in columns:
            raise invalid_input(f"The answer to {name!r} must be left, right or tie.", field=f"values.{name}")
        turned[name] = columns[value]
    return turned


def columns_to_sides(
    values: Mapping[str, Any], item: ReviewItem, document: ReviewDocument, *, reviewer: str
) -> dict[str, Any]:
    """Return a kept answer with `first` and `second` of pairs as the sides on which the reviewer saw them."""
    turned = dict(values)
    for name, question in document.questions.items():
        if isinstance(question, PairwiseQuestion) and name in turned:
            turned[name] = _side_names(item, document, name, reviewer).get(turned[name], turned[name])
    return turned


def _sides(
    item: ReviewItem, document: ReviewDocument, name: str, question: PairwiseQuestion, reviewer: str
) -> tuple[Any, Any]:
    first, second = value_at(item.row, question.first), value_at(item.row, question.second)
    is_plain = _side_names(item, document, name, reviewer) is _LEFT_RIGHT
    return (first, second) if is_plain else (second, first)


def _side_names(item: ReviewItem, document: ReviewDocument, name: str, reviewer: str) -> Mapping[str, str]:
    """Tell on which side each column is shown; an open review shows the first on the left."""
    if not document.blind:
        return _LEFT_RIGHT
    key = f"{document.seed}\x1f{item.position}\x1f{name}\x1f{reviewer}"
    is_swapped = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] & 1
    return _RIGHT_LEFT if is_swapped else _LEFT_RIGHT
