import dataclasses

from tests.unit.domain.review.reviews import NOON, VALUES, an_answer, an_item, later, review_document
from textnlp.domain.identifiers import new_review_id
from textnlp.domain.review.model import Comment, Decision, ItemState, Lease, Review, Skip
from textnlp.domain.review.record import (
    decode_item,
    decode_review,
    decode_said,
    encode_item,
    encode_review,
    encode_row,
    encode_said,
)

ITEM = dataclasses.replace(
    an_item(an_answer("naïve\0", VALUES)),
    state=ItemState.DECIDED,
    skips=(Skip(reviewer="s", at=NOON, reason="too long"),),
    comments=(Comment(reviewer="c", at=NOON, text="see 😀"),),
    leases=(Lease(reviewer="l", since=NOON, until=later(0.000001)),),
    decision=Decision(by="owner", values={"quality": 1}, at=NOON),
)


def test_an_item_comes_back_as_it_was_in_one_piece_or_apart_from_its_row() -> None:
    assert decode_item(encode_item(ITEM)) == ITEM
    assert b"kettle" not in encode_said(ITEM)
    assert decode_said(encode_said(ITEM), encode_row(ITEM)) == ITEM


def test_a_review_comes_back_with_what_was_asked() -> None:
    review = Review(
        id=new_review_id(NOON),
        tenant="acme",
        owner="owner",
        document=review_document(overlap=2, sampling={"kind": "random", "size": 5}),
        created_at=NOON,
        item_count=5,
        source="batch_1",
    )
    encoded = encode_review(review)
    assert decode_review(encoded) == review
    assert b'"lease_seconds": 1800' in encoded
