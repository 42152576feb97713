import dataclasses

import pytest

from tests.unit.domain.review.reviews import NOON, ROW, an_answer, an_item, review_document
from textnlp.domain.errors import TextNLPError
from textnlp.domain.review.blinding import columns_to_sides, sides_to_columns, view_item
from textnlp.domain.review.model import Comment

REMARKED = dataclasses.replace(
    an_item(an_answer("b")),
    comments=(Comment(reviewer="a", at=NOON, text="mine"), Comment(reviewer="b", at=NOON, text="theirs")),
)


def test_a_blind_reviewer_sees_neither_the_model_nor_what_others_said() -> None:
    document = review_document("quality", sampling={"kind": "lowest_score", "column": "grade", "size": 9})
    view = view_item(REMARKED, document, reviewer="a")
    assert set(view.row) == {"prompt", "reply", "other"}
    assert (view.answers, view.row_id, [each.text for each in view.comments]) == ((), "", ["mine"])


def test_in_an_open_review_everything_is_seen() -> None:
    view = view_item(REMARKED, review_document("quality", "pair", blind=False), reviewer="a")
    assert set(view.row) == {"prompt", "model", "grade"}
    assert view.pairs == {"pair": (ROW["reply"], ROW["other"])}
    assert (len(view.answers), view.row_id, len(view.comments)) == (1, "row-0", 2)


def test_only_the_columns_that_the_review_names_are_shown() -> None:
    view = view_item(an_item(), review_document("quality", columns=["prompt", "model"]), reviewer="a")
    assert set(view.row) == {"prompt"}


def test_sides_of_pairs_are_swapped_for_about_half_and_turned_back_for_all() -> None:
    document = review_document("pair")
    swapped = 0
    for position in range(200):
        item = an_item(position=position)
        view = view_item(item, document, reviewer="a")
        assert "reply" not in view.row
        left, _ = view.pairs["pair"]
        kept = sides_to_columns({"pair": "left"}, item, document, reviewer="a")
        assert kept == {"pair": "first" if left == ROW["reply"] else "second"}
        assert columns_to_sides(kept, item, document, reviewer="a") == {"pair": "left"}
        swapped += left == ROW["other"]
    assert 70 < swapped < 130


def test_a_tie_stays_one_and_a_column_is_no_answer() -> None:
    document = review_document("pair", "quality")
    values = {"pair": "tie", "quality": 3}
    assert sides_to_columns(values, an_item(), document, reviewer="a") == values
    assert columns_to_sides(values, an_item(), document, reviewer="a") == values
    for value in ("first", "second", 1, ["left"]):
        with pytest.raises(TextNLPError, match="left, right or tie"):
            sides_to_columns({"pair": value}, an_item(), document, reviewer="a")
