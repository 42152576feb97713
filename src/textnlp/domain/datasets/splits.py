"""Which part of a dataset a row belongs to."""

import hashlib
from collections.abc import Mapping

_DIGEST_BYTES = 8


def split_of(row_id: str, *, shares: Mapping[str, float]) -> str:
    """Return the split of a row: by its id alone, so that it stays where it is when rows are added.

    `shares` are relative to their sum; BLAKE2b spreads ids evenly over them.
    """
    digest = hashlib.blake2b(row_id.encode(), digest_size=_DIGEST_BYTES).digest()
    place = int.from_bytes(digest, "big") / (1 << 8 * _DIGEST_BYTES) * sum(shares.values())
    last = ""
    for last, share in shares.items():  # noqa: B007  rounding may leave a place behind the last share
        place -= share
        if place < 0:
            break
    return last
