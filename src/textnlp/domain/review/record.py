"""Reviews and items as they are kept: JSON documents."""

import dataclasses
from datetime import datetime
from typing import Any

import msgspec

from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Review, ReviewItem


class _ReviewRecord(msgspec.Struct, kw_only=True):
    id: str
    tenant: str
    owner: str
    document: msgspec.Raw
    created_at: datetime
    item_count: int
    source: str


_ITEM = msgspec.json.Decoder(ReviewItem)
_REVIEW = msgspec.json.Decoder(_ReviewRecord)
_ROW = msgspec.json.Decoder(dict[str, Any])
_NO_ROW: dict[str, Any] = {}


def encode_item(item: ReviewItem) -> bytes:
    """Return an item as one line of JSON."""
    return msgspec.json.encode(item)


def decode_item(line: bytes) -> ReviewItem:
    """Read an item that `encode_item` wrote."""
    return _ITEM.decode(line)


def encode_said(item: ReviewItem) -> bytes:
    """Return what people did with an item, as JSON without its row."""
    return msgspec.json.encode(dataclasses.replace(item, row=_NO_ROW))


def decode_said(said: bytes, row: bytes) -> ReviewItem:
    """Read an item from what `encode_said` and `encode_row` wrote."""
    return dataclasses.replace(_ITEM.decode(said), row=_ROW.decode(row))


def encode_row(item: ReviewItem) -> bytes:
    """Return the row of an item as JSON."""
    return msgspec.json.encode(item.row)


def encode_document(document: ReviewDocument) -> bytes:
    """Return the document of a review as JSON, defaults included: what they are may change, what was asked does not."""
    return document.model_dump_json().encode()


def decode_document(encoded: bytes) -> ReviewDocument:
    """Read what `encode_document` wrote."""
    return ReviewDocument.model_validate_json(encoded)


def encode_review(review: Review) -> bytes:
    """Return a review as JSON, indented for people."""
    record = _ReviewRecord(
        id=review.id,
        tenant=review.tenant,
        owner=review.owner,
        document=msgspec.Raw(encode_document(review.document)),
        created_at=review.created_at,
        item_count=review.item_count,
        source=review.source,
    )
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_review(encoded: bytes) -> Review:
    """Read what `encode_review` wrote."""
    record = _REVIEW.decode(encoded)
    return Review(
        id=ReviewId(record.id),
        tenant=record.tenant,
        owner=record.owner,
        document=decode_document(bytes(record.document)),
        created_at=record.created_at,
        item_count=record.item_count,
        source=record.source,
    )
