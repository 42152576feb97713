"""What is said of a dataset beside what its versions hold: tags, facts, what was deleted, and who did it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from textnlp.domain.datasets.model import DatasetCounts

CURRENT = "current"
"""The tag of the version that is read where none is named; where it is not set that is the latest one."""


class EventKind(StrEnum):
    """What was done to an entry of the catalog."""

    TAGGED = "tagged"
    UNTAGGED = "untagged"
    ROLLED_BACK = "rolled_back"
    FACTS_CHANGED = "facts_changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, when, and why where it was said."""

    by: str
    at: datetime
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEvent:
    """Something that was done.

    Attributes:
        position: 1 for the first event of the dataset.
        tag: that was moved or removed.
        version: the one that the event is about, of a tag that was removed the one that it named.
        previous: the version that the tag named before.
        changed: facts that were set, by name; None where one was cleared.
    """

    position: int
    kind: EventKind
    by: str
    at: datetime
    why: str | None = None
    tag: str | None = None
    version: int | None = None
    previous: int | None = None
    changed: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFacts:
    """What people say of a dataset.

    Attributes:
        license: an SPDX license expression.
        keep_until: every version is kept until then, and may go afterwards.
        keep_days: the same, counted from the day on which a version was written; only one of the two is set.
        hold: why nothing may be deleted, None where something may.
    """

    description: str | None = None
    license: str | None = None
    keep_until: datetime | None = None
    keep_days: int | None = None
    hold: str | None = None


FACT_NAMES = tuple(each.name for each in fields(CatalogFacts))
"""The facts that may be set and cleared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of a version that was deleted.

    Attributes:
        manifest_sha256: of the bytes of its manifest, in hexadecimal, so that a copy elsewhere can be told.
        counts: as its run counted the rows.
        was_forced: something protected it.
        erased_at: when the last of its files was gone; None until then.
    """

    version: int
    manifest_sha256: str
    counts: DatasetCounts
    by: str
    at: datetime
    why: str
    was_forced: bool = False
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """The entry of one dataset.

    Attributes:
        dataset_id: the dataset's id on a platform, or the name of its folder.
        tags: names of versions.
        tombstones: of the versions that were deleted, by number.
        event_count: events there are.
        revision: how often it was changed, so that of two that change it at once one learns of the other.
    """

    dataset_id: str
    tenant: str
    facts: CatalogFacts = CatalogFacts()
    tags: Mapping[str, int] = field(default_factory=dict[str, int])
    tombstones: tuple[Tombstone, ...] = ()
    event_count: int = 0
    revision: int = 0

    def tombstone(self, version: int) -> Tombstone | None:
        """Return what is left of a version; None where it was not deleted."""
        return next((each for each in self.tombstones if each.version == version), None)

    def tags_of(self, version: int) -> list[str]:
        """Return the names of a version, sorted."""
        return sorted(tag for tag, named in self.tags.items() if named == version)

    @property
    def is_swept(self) -> bool:
        """Whether time alone may change something: a version's time runs out, or its files are still to be removed."""
        has_end = self.facts.keep_until is not None or self.facts.keep_days is not None
        return has_end or any(each.erased_at is None for each in self.tombstones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry as it becomes, and what is to be told of that; without events nothing that matters to people."""

    entry: CatalogEntry
    events: tuple[CatalogEvent, ...] = ()
