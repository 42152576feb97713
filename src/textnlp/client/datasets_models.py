# Made from the OpenAPI document. To renew: make reference
"""Models of datasets."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

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


class EventKind(OpenEnum):
    """What was done to an entry of the catalog."""

    DELETED = "deleted"
    FACTS_CHANGED = "facts_changed"
    ROLLED_BACK = "rolled_back"
    TAGGED = "tagged"
    UNTAGGED = "untagged"


class DatasetEventRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that was done to a dataset.

    Attributes:
        version: that it is about.
        previous: the version that the tag named before.
        changed: facts that were set, by name.
    """

    position: int
    kind: EventKind
    by: str
    at: dt.datetime
    why: str | None
    tag: str | None
    version: int | None
    previous: int | None
    changed: dict[str, Any]


class DatasetEventPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was done to a dataset, the oldest first; `next_after` goes on where it is not null."""

    events: list[DatasetEventRead]
    next_after: int | None


class DatasetExtend(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many rows are to come to those that are there."""

    rows: int


class DatasetFactsChange(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Facts that are to change; what is left out stays as it is.

    Attributes:
        keep_days: takes the place of `keep_until`, as that does of it.
        clear: facts that are to be said no more.
    """

    description: str | None = None
    license: str | None = None
    keep_until: dt.datetime | None = None
    keep_days: int | None = None
    hold: str | None = None
    clear: list[Literal["description", "hold", "keep_days", "keep_until", "license"]] | None = None
    why: str | None = None


class DatasetFactsRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What people say of a dataset.

    Attributes:
        current: the version that is read where none is named; null before the first one.
        tags: names of versions.
        license: an SPDX license expression.
        keep_until: until when every version is kept; it may go afterwards.
        keep_days: the same, in days after a version was written.
        hold: why nothing may be deleted for now.
        revision: how often any of this was changed.
    """

    id: str
    current: int | None
    tags: dict[str, int]
    description: str | None
    license: str | None
    keep_until: dt.datetime | None
    keep_days: int | None
    hold: str | None
    revision: int


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


class DatasetRollback(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The earlier version that is to be the current one; the one before where it is left out."""

    why: str
    version: int | None = None


class DatasetRowPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Accepted rows in the order of the file; `next_cursor` continues where it is not null."""

    rows: list[dict[str, Any]]
    next_cursor: int | None


class DatasetTagSet(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The version that a tag is to name; `move` takes it from another one."""

    version: int
    move: bool | None = None
    why: str | None = None


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


class LineageModelRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A model that was asked; `license` is null where it is not known."""

    model: str
    calls: int
    license: str | None


class LineageRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a version is from.

    Attributes:
        fingerprint: of the recipe, equal for recipes that make the same candidates.
        recipe_sha256: of the recipe's bytes as the version keeps them.
        seed: the number that everything drawn follows from.
        seeds: what rows begin with, without the rows themselves.
        seed_rows: rows of seeds that stand in the recipe.
        parent: the version that it goes on from.
    """

    name: str
    version: int
    fingerprint: str
    recipe_sha256: str
    seed: int
    seeds: dict[str, Any] | None
    seed_rows: int | None
    parent: int | None
    models: list[LineageModelRead]
    generator: str
    created: str
