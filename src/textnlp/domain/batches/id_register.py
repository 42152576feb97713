"""Which ids of a large input are repeated, in eight bytes an id."""

import hashlib
from array import array
from collections import Counter

_BUCKETS = 256
_HASH_BYTES = 8


class IdRegister:
    """Remembers every id as eight bytes of a hash, and tells afterwards which hashes came more than once.

    Two different ids share a hash with a probability of about n²/2⁶⁵ for n ids: one in thirty million for a million.
    """

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(_BUCKETS)]

    def add(self, row_id: str) -> None:
        """Note an id."""
        key = id_key(row_id)
        self._buckets[key % _BUCKETS].append(key)

    def repeated_keys(self) -> set[int]:
        """Return the keys of ids that were added more than once, looking at a 256th of all at a time."""
        return {
            key
            for bucket in self._buckets
            if len(set(bucket)) < len(bucket)
            for key, times in Counter(bucket).items()
            if times > 1
        }


def id_key(row_id: str) -> int:
    """Return the hash by which the register knows an id."""
    return int.from_bytes(hashlib.blake2b(row_id.encode(), digest_size=_HASH_BYTES).digest(), "little")
