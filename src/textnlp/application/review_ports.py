"""What the use cases around reviews stand on."""

from dataclasses import dataclass

from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.review_store import ReviewStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPorts:
    """The ports of the use cases around reviews.

    Attributes:
        blobs: where exports are kept; None where there is no server.
    """

    store: ReviewStore
    clock: Clock
    blobs: BlobStore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCaller:
    """Who does something with a review.

    Attributes:
        name: who reviews, or owns what is made.
        is_admin: may do what only the owner of a review may.
    """

    name: str
    tenant: str
    is_admin: bool = False
