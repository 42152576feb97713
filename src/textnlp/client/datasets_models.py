# Made from the OpenAPI document. To renew: make reference
"""Models of datasets."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import UsageRead


class TombstoneRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is left of a version that was deleted.

    Attributes:
        manifest_sha256: of its manifest, so that a copy elsewhere can be told.
        rows: that were accepted.
        was_forced: something protected it.
        erased_at: when the last of its files was gone.
    """

    version: int
    manifest_sha256: str
    rows: int
    candidates: int
    by: str
    at: dt.datetime
    why: str
    was_forced: bool
    erased_at: dt.datetime | None


class CatalogVersionRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version, deleted or not.

    Attributes:
        tags: its names.
        kept_until: until when it is kept, after which it may go; null where nothing was said.
        deleted: its tombstone, null while it is there.
    """

    number: int
    rows: int
    written_at: dt.datetime
    stopped_by: str | None
    is_current: bool
    tags: list[str]
    kept_until: dt.datetime | None
    deleted: TombstoneRead | None


class CatalogVersionPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All versions of a dataset, the first one first."""

    versions: list[CatalogVersionRead]


class DatasetCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A recipe whose rows are to be made.

    Attributes:
        recipe: the recipe as an object, or as the text of its file.
        rows: accepted rows wanted, in place of the recipe's.
        model: asked by aliases that name none; the platform's default where none is named.
    """

    recipe: dict[str, Any] | str
    rows: int | None = None
    model: str | None = None


class DatasetExtend(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many rows are to come to those that are there."""

    rows: int


class DatasetFileRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file of a version; `rows` is null for one that holds none."""

    path: str
    bytes: int
    sha256: str
    rows: int | None


class ReasonRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why rows were turned away, with the reason of one of them."""

    code: str
    count: int
    example: str


class DatasetProgressRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a dataset is.

    Attributes:
        accepted: rows that passed; until the dataset is complete, more may have passed than are needed.
        pass_rate: share of the rows that passed, null before the first one.
        cost: US dollars, null where a price is not known.
        projected_cost: what it will have cost at this rate; null before the first row that passed.
    """

    candidates: int
    accepted: int
    rejected: int
    failed: int
    surplus: int
    pass_rate: float | None
    usage: UsageRead
    cost: Decimal | None
    projected_cost: Decimal | None
    reasons: list[ReasonRead]


class DatasetVersionEntry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version that can be downloaded."""

    number: int
    rows: int
    written_at: dt.datetime
    stopped_by: str | None


class RunState(OpenEnum):
    """Where the making of a dataset is."""

    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PAUSED = "paused"
    RUNNING = "running"
    STOPPED = "stopped"


class DatasetRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A dataset in the making or finished.

    Attributes:
        reason: why it is in a state that nobody asked for.
        rows: accepted rows that are wanted.
        versions: that were written, the first one first.
    """

    id: str
    name: str
    state: RunState
    reason: str | None
    model: str
    endpoint: str
    rows: int
    created_at: dt.datetime
    ended_at: dt.datetime | None
    progress: DatasetProgressRead
    versions: list[DatasetVersionEntry]


class DatasetPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Datasets, newest first; `next_before` continues the listing where it is not null, also behind a short page."""

    datasets: list[DatasetRead]
    next_before: str | None


class DatasetRowPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Accepted rows in the order of the file; `next_cursor` continues where it is not null."""

    rows: list[dict[str, Any]]
    next_cursor: int | None


class DatasetVersionRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a version holds, as its signed manifest says.

    Attributes:
        splits: rows of each split.
        files: all files beside `manifest.json` and `manifest.sig`.
        public_key: raw Ed25519 key in base64 that the signature is checked with.
    """

    name: str
    version: int
    fingerprint: str
    created: str
    rows: int
    stopped_by: str | None
    splits: dict[str, int]
    files: list[DatasetFileRead]
    public_key: str


class FoundRowRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A row and its split; a field that it lacks is null."""

    split: str
    row: dict[str, Any]


class FoundRowPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Rows in the order of the files; `next_after` goes on where it is not null, also behind a short page."""

    version: int
    rows: list[FoundRowRead]
    next_after: int | None
