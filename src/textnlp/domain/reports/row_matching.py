"""Which rows of two datasets are the same."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from textnlp.domain.errors import invalid_input
from textnlp.domain.reports.dataset_diff import RowDiff

Digest = bytes

_DIGEST_BYTES = 16
LISTED = 5


class RowMatching:
    """Tells rows by a column, or by their whole content where `by` is None.

    Holds some 150 bytes for each row of the first dataset, and some 100 for each key of the second. A key that comes
    again in the same dataset is counted as repeated and left out; of rows told by their content, each is matched once.

    Attributes:
        added: names of the first rows that are only in the second dataset, by digest.
        changed: names of the first rows that are in both with other values, by digest.
    """

    def __init__(self, by: str | None) -> None:
        self._by = by
        self._known: dict[Digest, Digest | int] = {}
        self._seen: set[Digest] = set()
        self._added = self._changed = self._unchanged = 0
        self._repeated_before = self._repeated_after = 0
        self.added: dict[Digest, str] = {}
        self.changed: dict[Digest, str] = {}

    def add_before(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows of the first dataset, all of them before those of the second."""
        for row in rows:
            content = self._content(row)
            if self._by is None:
                count = self._known.get(content, 0)
                self._known[content] = count + 1 if isinstance(count, int) else 1
                continue
            key = self.digest(row)
            if key in self._known:
                self._repeated_before += 1
            else:
                self._known[key] = content

    def add_after(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows of the second dataset."""
        for row in rows:
            key = self.digest(row)
            if self._by is None:
                self._match_content(key, row)
            elif key in self._seen:
                self._repeated_after += 1
            else:
                self._seen.add(key)
                self._match_key(key, row)

    def rows(self) -> RowDiff:
        """Return how many rows there are of each kind, once all were handed in."""
        left = self._known.values()
        return RowDiff(
            added=self._added,
            removed=sum(count for count in left if isinstance(count, int)) if self._by is None else len(self._known),
            changed=self._changed,
            unchanged=self._unchanged,
            repeated_before=self._repeated_before,
            repeated_after=self._repeated_after,
        )

    def is_removed(self, digest: Digest) -> bool:
        """Whether a row of the first dataset, given by its digest, is not in the second, once all were handed in."""
        return bool(self._known.get(digest, 0))

    def digest(self, row: Mapping[str, Any]) -> Digest:
        """Return what tells a row; raises `INVALID_INPUT` where it lacks the column."""
        if self._by is None:
            return self._content(row)
        key = row.get(self._by)
        if key is None:
            raise invalid_input(f"A row has no {self._by!r}, by which rows are told.", field="key")
        return _digest(key)

    def label(self, row: Mapping[str, Any]) -> str:
        """Return what a row is called for people."""
        found = row.get(self._by or "id")
        text = found if isinstance(found, str) else "" if found is None else msgspec.json.encode(found).decode()
        return text or self._content(row).hex()[:12]

    def _match_content(self, key: Digest, row: Mapping[str, Any]) -> None:
        count = self._known.get(key, 0)
        if isinstance(count, int) and count:
            self._unchanged += 1
            if count == 1:
                del self._known[key]
            else:
                self._known[key] = count - 1
            return
        self._added += 1
        self._keep(self.added, key, row)

    def _match_key(self, key: Digest, row: Mapping[str, Any]) -> None:
        content = self._known.pop(key, None)
        if content is None:
            self._added += 1
            self._keep(self.added, key, row)
        elif content == self._content(row):
            self._unchanged += 1
        else:
            self._changed += 1
            self._keep(self.changed, key, row)

    def _keep(self, kept: dict[Digest, str], key: Digest, row: Mapping[str, Any]) -> None:
        if len(kept) < LISTED:
            kept[key] = self.label(row)

    def _content(self, row: Mapping[str, Any]) -> Digest:
        # Told by its content, a row is the same under another id.
        return _digest({name: value for name, value in row.items() if name != "id"} if self._by is None else row)


def _digest(value: Any) -> Digest:
    encoded = msgspec.json.encode(value, enc_hook=str, order="sorted")
    return hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).digest()
