"""What is said of a dataset, as it is shown and changed."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.domain.catalog.facts import dataset_facts, event_facts, tombstone_facts, version_facts
from textnlp.domain.catalog.lineage import VersionLineage
from textnlp.domain.catalog.model import CURRENT, FACT_NAMES, CatalogEntry, CatalogEvent, EventKind, Tombstone
from textnlp.domain.datasets.stored_run import RunVersion

_Why = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
_Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]
_Version = Annotated[int, msgspec.Meta(ge=1)]
_FactName = Literal["description", "hold", "keep_days", "keep_until", "license"]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_STONE: dict[str, Any] = {
    "version": 1,
    "manifest_sha256": "9f86d081884c7d65",
    "rows": 20,
    "candidates": 24,
    "by": "ann",
    "at": "2026-03-02T09:00:00Z",
    "why": "Names slipped in.",
    "was_forced": False,
    "erased_at": "2026-03-02T09:00:01Z",
}


class TombstoneRead(msgspec.Struct, kw_only=True):
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
    at: datetime
    why: str
    was_forced: bool
    erased_at: datetime | None

    EXAMPLE: ClassVar[dict[str, Any]] = _STONE


class DatasetFactsRead(msgspec.Struct, kw_only=True):
    """What people say of a dataset.

    Attributes:
        current: the version that is read where none is named; null before the first one.
        tags: names of versions.
        license: an SPDX license expression.
        keep_until: until when every version is kept; it may go afterwards.
        keep_days: the same, in days after a version was written.
        hold: why nothing may be deleted.
        revision: how often any of this was changed.
    """

    id: str
    current: int | None
    tags: dict[str, int]
    description: str | None
    license: str | None
    keep_until: datetime | None
    keep_days: int | None
    hold: str | None
    revision: int

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "run_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "current": 2,
        "tags": {"gold": 2},
        "description": "Slogans for things of a household.",
        "license": "CC-BY-4.0",
        "keep_until": None,
        "keep_days": 365,
        "hold": None,
        "revision": 3,
    }


class DatasetFactsChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Facts that are to change; what is left out stays as it is.

    Attributes:
        keep_days: takes the place of `keep_until`, as that does of it.
        clear: facts that are to be said no more.
    """

    description: _Text | None = None
    license: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    keep_until: _Moment | None = None
    keep_days: _Days | None = None
    hold: _Text | None = None
    clear: list[_FactName] = []
    why: _Why | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"license": "CC-BY-4.0", "keep_days": 365, "clear": ["hold"]}

    def given(self) -> dict[str, Any]:
        """Return the facts that are to change, by name, None for one that is cleared."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in FACT_NAMES}
        return {**{name: value for name, value in facts.items() if value is not None}, **dict.fromkeys(self.clear)}


class DatasetTagSet(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The version that a tag is to name; `move` takes it from another one."""

    version: _Version
    move: bool = False
    why: _Why | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"version": 2, "move": True, "why": "It was read by two people."}


class DatasetRollback(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The earlier version that is to be the current one; the one before where it is left out."""

    why: _Why
    version: _Version | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"version": 1, "why": "Version 2 has too many duplicates."}


class DatasetActQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why something is done."""

    why: _Why | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"why": "It is not used any more."}


class DatasetDeleteQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why a version is deleted; `force` does so in spite of tags, a hold or a time that it is to be kept."""

    why: _Why
    force: bool = False

    EXAMPLE: ClassVar[dict[str, Any]] = {"why": "Names slipped in."}


class CatalogVersionRead(msgspec.Struct, kw_only=True):
    """A version, deleted or not.

    Attributes:
        tags: its names.
        kept_until: until when it is kept, after which it may go; null where nothing was said.
        deleted: its tombstone, null while it is there.
    """

    number: int
    rows: int
    written_at: datetime
    stopped_by: str | None
    is_current: bool
    tags: list[str]
    kept_until: datetime | None
    deleted: TombstoneRead | None


class CatalogVersionPage(msgspec.Struct, kw_only=True):
    """All versions of a dataset, the first one first."""

    versions: list[CatalogVersionRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "versions": [
            {
                "number": 1,
                "rows": 20,
                "written_at": "2026-03-01T12:00:41Z",
                "stopped_by": None,
                "is_current": False,
                "tags": [],
                "kept_until": None,
                "deleted": _STONE,
            }
        ]
    }


class DatasetEventRead(msgspec.Struct, kw_only=True):
    """Something that was done to a dataset.

    Attributes:
        version: that it is about.
        previous: the version that the tag named before.
        changed: facts that were set, by name.
    """

    position: int
    kind: EventKind
    by: str
    at: datetime
    why: str | None
    tag: str | None
    version: int | None
    previous: int | None
    changed: dict[str, Any]


class DatasetEventPage(msgspec.Struct, kw_only=True):
    """What was done to a dataset, the oldest first; `next_after` goes on where it is not null."""

    events: list[DatasetEventRead]
    next_after: int | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "events": [
            {
                "position": 1,
                "kind": "rolled_back",
                "by": "ann",
                "at": "2026-03-02T09:00:00Z",
                "why": "Version 2 has too many duplicates.",
                "tag": CURRENT,
                "version": 1,
                "previous": 2,
                "changed": {},
            }
        ],
        "next_after": None,
    }


class DatasetEventsQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which events: those behind the position `after`."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100

    EXAMPLE: ClassVar[dict[str, Any]] = {"after": 0, "limit": 100}


class LineageModelRead(msgspec.Struct, kw_only=True):
    """A model that was asked; `license` is null where it is not known."""

    model: str
    calls: int
    license: str | None


class LineageRead(msgspec.Struct, kw_only=True):
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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "slogans",
        "version": 2,
        "fingerprint": "1:4be6f1",
        "recipe_sha256": "9f86d081884c7d65",
        "seed": 0,
        "seeds": None,
        "seed_rows": None,
        "parent": 1,
        "models": [{"model": "smollm2-135m", "calls": 20, "license": "Apache-2.0"}],
        "generator": "textnlp 0.1.0",
        "created": "2026-03-01T12:00:41+00:00",
    }


def read_facts(entry: CatalogEntry, versions: tuple[RunVersion, ...]) -> DatasetFactsRead:
    """Show what is said of a dataset."""
    return msgspec.convert(dataset_facts(entry, versions), DatasetFactsRead)


def read_versions(entry: CatalogEntry, versions: tuple[RunVersion, ...]) -> CatalogVersionPage:
    """Show the versions of a dataset."""
    return msgspec.convert({"versions": version_facts(entry, versions)}, CatalogVersionPage)


def read_stone(stone: Tombstone) -> TombstoneRead:
    """Show what is left of a version."""
    return msgspec.convert(tombstone_facts(stone), TombstoneRead)


def read_event(event: CatalogEvent) -> DatasetEventRead:
    """Show something that was done."""
    return msgspec.convert(event_facts(event), DatasetEventRead)


def show_lineage(lineage: VersionLineage) -> LineageRead:
    """Show where a version is from."""
    models = [LineageModelRead(model=use.model, calls=use.calls, license=use.license) for use in lineage.models]
    facts = {name: getattr(lineage, name) for name in lineage.__struct_fields__ if name != "models"}
    return LineageRead(models=models, **facts)
