"""Let one process at a time write backups, or remove what belongs to none."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

import msgspec

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.domain.backups.addresses import lease_path
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

LEASE_SECONDS = 120.0
"""How long a lease lasts that is not renewed; so long a process that was killed keeps others waiting."""

_RENEWALS = 4


class Lease:
    """The right to write, for as long as it is renewed."""

    def __init__(self, place: BackupPlace, holder: str, etag: str) -> None:
        self._place = place
        self._holder = holder
        self._etag = etag
        self._turn = asyncio.Lock()

    async def renew(self) -> None:
        """Make it last from here on; raise `CONFLICT` where another process has taken it over."""
        async with self._turn:
            try:
                info = await self._place.store.put(
                    lease_path(self._place.root), _document(self._place, self._holder), if_etag=self._etag
                )
            except TextNLPError as error:
                if error.kind not in {ErrorKind.CONFLICT, ErrorKind.NOT_FOUND}:
                    raise
                raise _lost() from error
            self._etag = info.etag

    async def end(self) -> None:
        """Give it back: it has ended, and the next to come takes it over at once."""
        async with self._turn:
            document = msgspec.json.encode(_Held(holder="", expires_at=self._place.clock.now()))
            await self._place.store.put(lease_path(self._place.root), document, if_etag=self._etag)

    async def keep(self) -> None:
        """Renew it time and again until cancelled."""
        while True:
            await self._place.clock.sleep(LEASE_SECONDS / _RENEWALS)
            await self.renew()


@contextlib.asynccontextmanager
async def hold_lease(place: BackupPlace) -> AsyncGenerator[Lease]:
    """Hold the lease of a place while the block runs.

    Raises `CONFLICT` where another process holds it, or took it over because this one stood still for too long; the
    block is cancelled then.
    """
    lease = await _taken(place)
    block = asyncio.current_task()
    keeping = asyncio.create_task(lease.keep(), name="backup lease")

    def stop(ended: asyncio.Task[None]) -> None:
        if not ended.cancelled() and block is not None:
            block.cancel()

    keeping.add_done_callback(stop)
    try:
        yield lease
    except asyncio.CancelledError:
        if keeping.done() and not keeping.cancelled() and (failure := keeping.exception()) is not None:
            if block is not None:
                block.uncancel()
            raise failure from None
        raise
    finally:
        keeping.remove_done_callback(stop)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        with contextlib.suppress(TextNLPError):
            await lease.end()


async def _taken(place: BackupPlace) -> Lease:
    holder, path = secrets.token_hex(8), lease_path(place.root)
    document = _document(place, holder)
    try:
        info = await place.store.put(path, document, if_absent=True)
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        before = await place.store.head(path)
        held = _read(await place.store.get(path))
        if held.expires_at > place.clock.now():
            raise _held() from error
        try:
            info = await place.store.put(path, document, if_etag=before.etag)
        except TextNLPError as exc:
            if exc.kind is not ErrorKind.CONFLICT:
                raise
            raise _held() from exc
    return Lease(place, holder, info.etag)


class _Held(msgspec.Struct):
    holder: str
    expires_at: datetime


def _document(place: BackupPlace, holder: str) -> bytes:
    return msgspec.json.encode(
        _Held(holder=holder, expires_at=place.clock.now() + timedelta(seconds=LEASE_SECONDS)),
    )


def _read(data: bytes) -> _Held:
    try:
        return msgspec.json.decode(data, type=_Held)
    except msgspec.DecodeError as exc:
        raise TextNLPError(
            "What says who writes backups cannot be read.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Delete writer.json beside the backups, when nobody writes any."),
        ) from exc


def _held() -> TextNLPError:
    return TextNLPError(
        "Another process is at the backups.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(
            hint=f"Wait until it has ended; one that was killed keeps others out for {LEASE_SECONDS:.0f} seconds."
        ),
    )


def _lost() -> TextNLPError:
    return TextNLPError(
        "Another process has taken over the backups meanwhile; this one stops.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Try again."),
    )
