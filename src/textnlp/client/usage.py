# Made from the OpenAPI document. To renew: make reference
"""The operations around usage, and the models."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator
from decimal import Decimal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import UsageRead
from textnlp.client.transport import Transport


class Grouping(OpenEnum):
    """What calls are added up by."""

    BATCH = "batch"
    CALLER = "caller"
    DAY = "day"
    MODEL = "model"


class UsageGroupRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The calls of one day, model, caller or batch.

    Attributes:
        unpriced: calls whose price is not known.
        cost: US dollars of the calls whose price is known.
    """

    key: str | None
    calls: int
    failed: int
    cancelled: int
    unpriced: int
    usage: UsageRead
    cost: Decimal


class UsageReport(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Usage, group by group."""

    by: Grouping
    since: dt.datetime
    until: dt.datetime
    groups: list[UsageGroupRead]


class Usage:
    """The operations around usage, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show(
        self, *, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None
    ) -> UsageReport:
        """Add up the settled calls of the caller's tenant; with `format` csv as a table."""
        return self._transport.decoded(_show(by=by, since=since, until=until), UsageReport)

    def show_csv(
        self, *, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None
    ) -> Generator[bytes]:
        """Add up the settled calls of the caller's tenant; with `format` csv as a table."""
        return self._transport.pieces(_show_csv(by=by, since=since, until=until))


class AsyncUsage:
    """The operations around usage, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show(
        self, *, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None
    ) -> UsageReport:
        """Add up the settled calls of the caller's tenant; with `format` csv as a table."""
        return await self._transport.decoded(_show(by=by, since=since, until=until), UsageReport)

    def show_csv(
        self, *, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None
    ) -> AsyncGenerator[bytes]:
        """Add up the settled calls of the caller's tenant; with `format` csv as a table."""
        return self._transport.pieces(_show_csv(by=by, since=since, until=until))


def _show(*, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None) -> Call:
    return Call(method="GET", path="/api/v1/usage", query={"by": by, "since": since, "until": until})


def _show_csv(*, by: Grouping | None = None, since: dt.date | None = None, until: dt.date | None = None) -> Call:
    return Call(
        method="GET",
        path="/api/v1/usage",
        query={"by": by, "since": since, "until": until, "format": "csv"},
        accept="text/csv",
    )
