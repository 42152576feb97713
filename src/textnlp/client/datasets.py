# Made from the OpenAPI document. To renew: make reference
"""The operations around datasets."""

from collections.abc import AsyncGenerator, Generator, Sequence

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.datasets_models import (
    CatalogVersionPage,
    DatasetCreate,
    DatasetExtend,
    DatasetPage,
    DatasetRead,
    DatasetRowPage,
    DatasetVersionRead,
    FoundRowPage,
    TombstoneRead,
)
from textnlp.client.transport import Transport


class Datasets:
    """The operations around datasets, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        before: str | None = None,
        tag: str | None = None,
        license_: str | None = None,
        text: str | None = None,
    ) -> DatasetPage:
        """List datasets, newest first; of one call 2,000 are looked at for a tag, a license or a text, at most."""
        return self._transport.decoded(
            _list(limit=limit, before=before, tag=tag, license_=license_, text=text), DatasetPage
        )

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

    def find_rows(
        self,
        dataset_id: str,
        *,
        search: str | None = None,
        where: str | None = None,
        column: Sequence[str] | None = None,
        version: str | None = None,
        split: str | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> FoundRowPage:
        """List the accepted rows that hold a text or meet a condition, a page at a time.

        A million rows are looked at for a page, at most; `next_after` then goes on behind them.
        """
        return self._transport.decoded(
            _find_rows(
                dataset_id,
                search=search,
                where=where,
                column=column,
                version=version,
                split=split,
                after=after,
                limit=limit,
            ),
            FoundRowPage,
        )

    def list_versions(self, dataset_id: str) -> CatalogVersionPage:
        """List all versions with their tags, deleted ones with their tombstones."""
        return self._transport.decoded(_list_versions(dataset_id), CatalogVersionPage)

    def show_version(self, dataset_id: str, version: str) -> DatasetVersionRead:
        """Show what a version holds, as its signed manifest says; a tag such as `current` names it as well."""
        return self._transport.decoded(_show_version(dataset_id, version), DatasetVersionRead)

    def delete_version(self, dataset_id: str, version: str, *, why: str, force: bool | None = None) -> TombstoneRead:
        """Remove the files of a version, by its number, and leave a tombstone; what protects it is named."""
        return self._transport.decoded(_delete_version(dataset_id, version, why=why, force=force), TombstoneRead)

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

    async def list(
        self,
        *,
        limit: int | None = None,
        before: str | None = None,
        tag: str | None = None,
        license_: str | None = None,
        text: str | None = None,
    ) -> DatasetPage:
        """List datasets, newest first; of one call 2,000 are looked at for a tag, a license or a text, at most."""
        return await self._transport.decoded(
            _list(limit=limit, before=before, tag=tag, license_=license_, text=text), DatasetPage
        )

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

    async def find_rows(
        self,
        dataset_id: str,
        *,
        search: str | None = None,
        where: str | None = None,
        column: Sequence[str] | None = None,
        version: str | None = None,
        split: str | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> FoundRowPage:
        """List the accepted rows that hold a text or meet a condition, a page at a time.

        A million rows are looked at for a page, at most; `next_after` then goes on behind them.
        """
        return await self._transport.decoded(
            _find_rows(
                dataset_id,
                search=search,
                where=where,
                column=column,
                version=version,
                split=split,
                after=after,
                limit=limit,
            ),
            FoundRowPage,
        )

    async def list_versions(self, dataset_id: str) -> CatalogVersionPage:
        """List all versions with their tags, deleted ones with their tombstones."""
        return await self._transport.decoded(_list_versions(dataset_id), CatalogVersionPage)

    async def show_version(self, dataset_id: str, version: str) -> DatasetVersionRead:
        """Show what a version holds, as its signed manifest says; a tag such as `current` names it as well."""
        return await self._transport.decoded(_show_version(dataset_id, version), DatasetVersionRead)

    async def delete_version(
        self, dataset_id: str, version: str, *, why: str, force: bool | None = None
    ) -> TombstoneRead:
        """Remove the files of a version, by its number, and leave a tombstone; what protects it is named."""
        return await self._transport.decoded(_delete_version(dataset_id, version, why=why, force=force), TombstoneRead)

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


def _list(
    *,
    limit: int | None = None,
    before: str | None = None,
    tag: str | None = None,
    license_: str | None = None,
    text: str | None = None,
) -> Call:
    return Call(
        method="GET",
        path="/api/v1/datasets",
        query={"limit": limit, "before": before, "tag": tag, "license": license_, "text": text},
    )


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


def _find_rows(
    dataset_id: str,
    *,
    search: str | None = None,
    where: str | None = None,
    column: Sequence[str] | None = None,
    version: str | None = None,
    split: str | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Call:
    return Call(
        method="GET",
        path=f"/api/v1/datasets/{segment(dataset_id)}/rows",
        query={
            "search": search,
            "where": where,
            "column": column,
            "version": version,
            "split": split,
            "after": after,
            "limit": limit,
        },
    )


def _list_versions(dataset_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/versions")


def _show_version(dataset_id: str, version: str) -> Call:
    return Call(method="GET", path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}")


def _delete_version(dataset_id: str, version: str, *, why: str, force: bool | None = None) -> Call:
    return Call(
        method="DELETE",
        path=f"/api/v1/datasets/{segment(dataset_id)}/versions/{segment(version)}",
        query={"why": why, "force": force},
    )


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
