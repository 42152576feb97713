# Made from the OpenAPI document. To renew: make reference
"""The operations around datasets, and the models."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator
from decimal import Decimal
from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import UsageRead
from textnlp.client.transport import Transport


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
    """Datasets, newest first; `next_before` continues the listing where it is not null."""

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


class Datasets:
    """The operations around datasets, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int | None = None, before: str | None = None) -> DatasetPage:
        """List datasets, newest first."""
        return self._transport.decoded(_list(limit=limit, before=before), DatasetPage)

    def submit(self, body: DatasetCreate) -> DatasetRead:
        """Look at the recipe and answer at once; its rows are made in the background, exactly as many as are wanted.

        Rows of seeds stand in the recipe itself, or in blobs of the tenant's; files of the platform's machine are
        refused.
        """
        return self._transport.decoded(_submit(body), DatasetRead)

    def show(self, dataset_id: str) -> DatasetRead:
        """Show a dataset with its progress and its versions."""
        return self._transport.decoded(_show(dataset_id), DatasetRead)

    def follow(self, dataset_id: str) -> Generator[DatasetRead]:
        """Answer with an event `progress` at once and at every change, and `end` once the dataset has ended."""
        return self._transport.events(_follow(dataset_id), {"progress": DatasetRead, "end": DatasetRead})

    def pause(self, dataset_id: str) -> DatasetRead:
        """Let nothing more be begun; pausing it twice is harmless."""
        return self._transport.decoded(_pause(dataset_id), DatasetRead)

    def resume(self, dataset_id: str) -> DatasetRead:
        """Go on with a dataset that is paused or has failed; what was answered before is not asked again."""
        return self._transport.decoded(_resume(dataset_id), DatasetRead)

    def cancel(self, dataset_id: str) -> DatasetRead:
        """Give a dataset up; versions that it has left stay, and cancelling it twice is harmless."""
        return self._transport.decoded(_cancel(dataset_id), DatasetRead)

    def extend(self, dataset_id: str, body: DatasetExtend) -> DatasetRead:
        """Make more rows for a dataset that has ended, as its next version."""
        return self._transport.decoded(_extend(dataset_id, body), DatasetRead)

    def show_version(self, dataset_id: str, version: str) -> DatasetVersionRead:
        """Show what a version holds, as its signed manifest says."""
        return self._transport.decoded(_show_version(dataset_id, version), DatasetVersionRead)

    def list_rows(
        self,
        dataset_id: str,
        version: str,
        *,
        split: str | None = None,
        cursor: int | None = None,
        limit: int | None = None,
    ) -> DatasetRowPage:
        """List the accepted rows of a split, a page at a time."""
        return self._transport.decoded(
            _list_rows(dataset_id, version, split=split, cursor=cursor, limit=limit), DatasetRowPage
        )

    def fetch_file(self, dataset_id: str, version: str, path: str) -> Generator[bytes]:
        """Answer with a file of a version; its manifest, `manifest.json`, lists the others with their hashes."""
        return self._transport.pieces(_fetch_file(dataset_id, version, path))


class AsyncDatasets:
    """The operations around datasets, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None, before: str | None = None) -> DatasetPage:
        """List datasets, newest first."""
        return await self._transport.decoded(_list(limit=limit, before=before), DatasetPage)

    async def submit(self, body: DatasetCreate) -> DatasetRead:
        """Look at the recipe and answer at once; its rows are made in the background, exactly as many as are wanted.

        Rows of seeds stand in the recipe itself, or in blobs of the tenant's; files of the platform's machine are
        refused.
        """
        return await self._transport.decoded(_submit(body), DatasetRead)

    async def show(self, dataset_id: str) -> DatasetRead:
        """Show a dataset with its progress and its versions."""
        return await self._transport.decoded(_show(dataset_id), DatasetRead)

    def follow(self, dataset_id: str) -> AsyncGenerator[DatasetRead]:
        """Answer with an event `progress` at once and at every change, and `end` once the dataset has ended."""
        return self._transport.events(_follow(dataset_id), {"progress": DatasetRead, "end": DatasetRead})

    async def pause(self, dataset_id: str) -> DatasetRead:
        """Let nothing more be begun; pausing it twice is harmless."""
        return await self._transport.decoded(_pause(dataset_id), DatasetRead)

    async def resume(self, dataset_id: str) -> DatasetRead:
        """Go on with a dataset that is paused or has failed; what was answered before is not asked again."""
        return await self._transport.decoded(_resume(dataset_id), DatasetRead)

    async def cancel(self, dataset_id: str) -> DatasetRead:
        """Give a dataset up; versions that it has left stay, and cancelling it twice is harmless."""
        return await self._transport.decoded(_cancel(dataset_id), DatasetRead)

    async def extend(self, dataset_id: str, body: DatasetExtend) -> DatasetRead:
        """Make more rows for a dataset that has ended, as its next version."""
        return await self._transport.decoded(_extend(dataset_id, body), DatasetRead)

    async def show_version(self, dataset_id: str, version: str) -> DatasetVersionRead:
        """Show what a version holds, as its signed manifest says."""
        return await self._transport.decoded(_show_version(dataset_id, version), DatasetVersionRead)

    async def list_rows(
        self,
        dataset_id: str,
        version: str,
        *,
        split: str | None = None,
        cursor: int | None = None,
        limit: int | None = None,
    ) -> DatasetRowPage:
        """List the accepted rows of a split, a page at a time."""
        return await self._transport.decoded(
            _list_rows(dataset_id, version, split=split, cursor=cursor, limit=limit), DatasetRowPage
        )

    def fetch_file(self, dataset_id: str, version: str, path: str) -> AsyncGenerator[bytes]:
        """Answer with a file of a version; its manifest, `manifest.json`, lists the others with their hashes."""
        return self._transport.pieces(_fetch_file(dataset_id, version, path))


def _list(*, limit: int | None = None, before: str | None = None) -> Call:
    return Call(method="GET", path="/api/v1/datasets", query={"limit": limit, "before": before})


def _submit(body: DatasetCreate) -> Call:
    return Call(method="POST", path="/api/v1/datasets", body=body, takes_key=True)


def _show(dataset_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}")


def _follow(dataset_id: str) -> Call:
    return Call(
        method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/events", accept="text/event-stream", follows=True
    )


def _pause(dataset_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/datasets/{segment(dataset_id)}/pause")


def _resume(dataset_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/datasets/{segment(dataset_id)}/resume")


def _cancel(dataset_id: str) -> Call:
    return Call(method="POST", path=f"/api/v1/datasets/{segment(dataset_id)}/cancel")


def _extend(dataset_id: str, body: DatasetExtend) -> Call:
    return Call(method="POST", path=f"/api/v1/datasets/{segment(dataset_id)}/extend", body=body, takes_key=True)


def _show_version(dataset_id: str, version: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}")


def _list_rows(
    dataset_id: str, version: str, *, split: str | None = None, cursor: int | None = None, limit: int | None = None
) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}/rows",
        query={"split": split, "cursor": cursor, "limit": limit},
    )


def _fetch_file(dataset_id: str, version: str, path: str) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}/files/{segment(path)}",
        accept="application/octet-stream",
    )
