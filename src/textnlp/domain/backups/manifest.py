"""What a backup says of itself: its manifest, and the lines of its index."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FORMAT = 1
"""Number of the format; a reader refuses a later one."""

MOST_MANIFEST_BYTES = 16 << 20
"""Longest manifest that is written or read."""

CHUNKS_A_LINE = 256
"""Most chunks that one line of an index names."""

MOST_LINE_BYTES = 1 << 20
"""Longest line of an index that is read."""

MISSING_NAMED = 100
"""Most missing blobs that a manifest names; it counts them all."""


class BackupKind(StrEnum):
    """What is backed up together."""

    DATABASE = "database"
    CONFIGURATION = "configuration"


class EntryKind(StrEnum):
    """What an entry of an index is: rows of a table, positions of sequences, paths that rows refer to, or a file."""

    TABLE = "table"
    SEQUENCES = "sequences"
    REFERENCES = "references"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes, as the objects that hold them in this order, and what they must come to.

    Attributes:
        sha256: of all bytes, in hexadecimal digits.
        chunks: names of the objects.
    """

    size_bytes: int
    sha256: str
    chunks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryEnd:
    """What is known of an entry once all of it was read.

    Attributes:
        rows: of a table.
        columns: of a table, in the order in which rows hold them.
        etag: version of a blob, by which the next backup knows that it is the same.
    """

    size_bytes: int
    sha256: str
    rows: int = 0
    columns: tuple[str, ...] = ()
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """Some of the chunks of an entry, in order; the last line of an entry has its end.

    Attributes:
        tree: the collection of files that a file belongs to.
        name: of a table, or path of a file in its tree.
    """

    kind: EntryKind
    name: str
    tree: str = ""
    chunks: tuple[str, ...] = ()
    end: EntryEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A backup; it exists once this is written, which is last.

    Attributes:
        taken_at: the moment that it shows: all that was committed by then is in it.
        key_id: of the key that it is sealed with.
        revision: structure of the database, None where there is none in it.
        index: where the index is.
        entries, rows, files: how much there is.
        size_bytes: of everything, before compression.
        new_bytes: what was stored for it that was not there before.
        missing: blobs that rows refer to and that were not there, the first hundred.
        missing_count: all of them.
    """

    format: int
    id: str
    kind: BackupKind
    taken_at: datetime
    finished_at: datetime
    version: str
    key_id: str
    revision: str | None
    index: Content
    entries: int
    rows: int
    files: int
    size_bytes: int
    new_bytes: int
    missing: tuple[str, ...] = ()
    missing_count: int = 0
