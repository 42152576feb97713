# Made from the OpenAPI document. To renew: make reference
"""The operations around dataset catalog, and the models."""

import datetime as dt
from typing import Any, Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.transport import Transport


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
        hold: why nothing may be deleted.
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


class DatasetRollback(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The earlier version that is to be the current one; the one before where it is left out."""

    why: str
    version: int | None = None


class DatasetTagSet(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The version that a tag is to name; `move` takes it from another one."""

    version: int
    move: bool | None = None
    why: str | None = None


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


class DatasetCatalog:
    """The operations around dataset catalog, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show_facts(self, dataset_id: str) -> DatasetFactsRead:
        """Show what people say of a dataset: tags, license, description, and how long it is kept."""
        return self._transport.decoded(_show_facts(dataset_id), DatasetFactsRead)

    def change_facts(self, dataset_id: str, body: DatasetFactsChange) -> DatasetFactsRead:
        """Change some facts, and leave the others; the history keeps who did so."""
        return self._transport.decoded(_change_facts(dataset_id, body), DatasetFactsRead)

    def tag_version(self, dataset_id: str, tag: str, body: DatasetTagSet) -> DatasetFactsRead:
        """Let a tag name a version; it is taken from another one only where the request says so."""
        return self._transport.decoded(_tag_version(dataset_id, tag, body), DatasetFactsRead)

    def remove_tag(self, dataset_id: str, tag: str, *, why: str | None = None) -> DatasetFactsRead:
        """Remove a tag; the version that it names stays."""
        return self._transport.decoded(_remove_tag(dataset_id, tag, why=why), DatasetFactsRead)

    def roll_back(self, dataset_id: str, body: DatasetRollback) -> DatasetFactsRead:
        """Let an earlier version be the current one; no file changes, and the history keeps who did so and why."""
        return self._transport.decoded(_roll_back(dataset_id, body), DatasetFactsRead)

    def list_events(self, dataset_id: str, *, after: int | None = None, limit: int | None = None) -> DatasetEventPage:
        """List who moved tags, rolled back, changed facts or deleted versions, when and why, the oldest first."""
        return self._transport.decoded(_list_events(dataset_id, after=after, limit=limit), DatasetEventPage)

    def show_lineage(self, dataset_id: str, version: str) -> LineageRead:
        """Show the recipe, the seeds, the models and the earlier version that a version is from."""
        return self._transport.decoded(_show_lineage(dataset_id, version), LineageRead)


class AsyncDatasetCatalog:
    """The operations around dataset catalog, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show_facts(self, dataset_id: str) -> DatasetFactsRead:
        """Show what people say of a dataset: tags, license, description, and how long it is kept."""
        return await self._transport.decoded(_show_facts(dataset_id), DatasetFactsRead)

    async def change_facts(self, dataset_id: str, body: DatasetFactsChange) -> DatasetFactsRead:
        """Change some facts, and leave the others; the history keeps who did so."""
        return await self._transport.decoded(_change_facts(dataset_id, body), DatasetFactsRead)

    async def tag_version(self, dataset_id: str, tag: str, body: DatasetTagSet) -> DatasetFactsRead:
        """Let a tag name a version; it is taken from another one only where the request says so."""
        return await self._transport.decoded(_tag_version(dataset_id, tag, body), DatasetFactsRead)

    async def remove_tag(self, dataset_id: str, tag: str, *, why: str | None = None) -> DatasetFactsRead:
        """Remove a tag; the version that it names stays."""
        return await self._transport.decoded(_remove_tag(dataset_id, tag, why=why), DatasetFactsRead)

    async def roll_back(self, dataset_id: str, body: DatasetRollback) -> DatasetFactsRead:
        """Let an earlier version be the current one; no file changes, and the history keeps who did so and why."""
        return await self._transport.decoded(_roll_back(dataset_id, body), DatasetFactsRead)

    async def list_events(
        self, dataset_id: str, *, after: int | None = None, limit: int | None = None
    ) -> DatasetEventPage:
        """List who moved tags, rolled back, changed facts or deleted versions, when and why, the oldest first."""
        return await self._transport.decoded(_list_events(dataset_id, after=after, limit=limit), DatasetEventPage)

    async def show_lineage(self, dataset_id: str, version: str) -> LineageRead:
        """Show the recipe, the seeds, the models and the earlier version that a version is from."""
        return await self._transport.decoded(_show_lineage(dataset_id, version), LineageRead)


def _show_facts(dataset_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/facts")


def _change_facts(dataset_id: str, body: DatasetFactsChange) -> Call:
    return Call(method="PATCH", path=f"/api/v1/datasets/{segment(dataset_id)}/facts", body=body)


def _tag_version(dataset_id: str, tag: str, body: DatasetTagSet) -> Call:
    return Call(method="PUT", path=f"/api/v1/datasets/{segment(dataset_id)}/tags/{segment(tag)}", body=body)


def _remove_tag(dataset_id: str, tag: str, *, why: str | None = None) -> Call:
    return Call(method="DELETE", path=f"/api/v1/datasets/{segment(dataset_id)}/tags/{segment(tag)}", query={"why": why})


def _roll_back(dataset_id: str, body: DatasetRollback) -> Call:
    return Call(method="POST", path=f"/api/v1/datasets/{segment(dataset_id)}/rollback", body=body)


def _list_events(dataset_id: str, *, after: int | None = None, limit: int | None = None) -> Call:
    return Call(
        method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/history", query={"after": after, "limit": limit}
    )


def _show_lineage(dataset_id: str, version: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}/lineage")
