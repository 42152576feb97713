"""Where the backups of one kind are: manifests and objects in a blob store, below one prefix."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from textnlp.domain.backups.addresses import (
    backup_id_at,
    manifest_path,
    manifests_prefix,
    object_path,
    objects_prefix,
)
from textnlp.domain.backups.chunks import LARGEST_CHUNK_BYTES
from textnlp.domain.backups.manifest import MOST_MANIFEST_BYTES, BackupKind, Manifest
from textnlp.domain.backups.record import damaged, decode_manifest, encode_manifest
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.ports.blob_store import BlobInfo, BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.object_sealer import ObjectSealer
from textnlp.topology.recovery import BackupPolicy

_OVERHEAD_BYTES = 1024
_MANIFEST = "manifest:"
_OBJECT = "object:"

Progress = Callable[[str, int], None]
"""Told what is worked on, and how many bytes of it were done since it was told last."""


def no_progress(_what: str, _size_bytes: int) -> None:
    """Take no notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlace:
    """The backups of one kind.

    Attributes:
        root: prefix of everything, without `/` at its end.
        progress: told of every object that is written or read.
    """

    kind: BackupKind
    store: BlobStore
    root: str
    sealer: ObjectSealer
    clock: Clock
    policy: BackupPolicy
    progress: Progress = field(default=no_progress)

    async def put_object(self, plain: bytes) -> tuple[str, int]:
        """Store bytes unless they are there; return the name of the object, and how many bytes were added."""
        name = await asyncio.to_thread(self.sealer.name, plain)
        path = object_path(self.root, name)
        if await self.has_object(name):
            return name, 0
        sealed = await asyncio.to_thread(lambda: self.sealer.seal(plain, label=_OBJECT + name))
        try:
            await self.store.put(path, sealed, if_absent=True)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            return name, 0
        return name, len(sealed)

    async def has_object(self, name: str) -> bool:
        """Tell whether an object is there; whether it is whole, only reading it tells."""
        try:
            return (await self.store.head(object_path(self.root, name))).size_bytes > 0
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return False

    async def get_object(self, name: str) -> bytes:
        """Read an object; raise `CONFLICT` naming it where it is missing or not as it was written."""
        sealed = await self._read(object_path(self.root, name), LARGEST_CHUNK_BYTES, what=f"Object {name}")
        try:
            return await asyncio.to_thread(lambda: self.sealer.open(sealed, label=_OBJECT + name))
        except TextNLPError as error:
            raise _named(error, f"Object {name} cannot be used") from error

    async def put_manifest(self, manifest: Manifest) -> None:
        """Let a backup exist; its bytes are on the disk before it does."""
        plain = encode_manifest(manifest)
        if len(plain) > MOST_MANIFEST_BYTES:
            raise TextNLPError("The backup is too large for one manifest.", kind=ErrorKind.TOO_LARGE)
        sealed = await asyncio.to_thread(lambda: self.sealer.seal(plain, label=_MANIFEST + manifest.id))
        async with self.store.open_writer(manifest_path(self.root, manifest.id)) as writer:
            await writer.write(sealed)

    async def get_manifest(self, backup_id: str) -> Manifest:
        """Read a manifest; raise `NOT_FOUND` where there is none, `CONFLICT` where it is not as it was written."""
        try:
            path = manifest_path(self.root, backup_id)
            sealed = await self.store.get(path, length=MOST_MANIFEST_BYTES + _OVERHEAD_BYTES + 1)
        except ValueError as exc:
            raise no_such_backup(backup_id) from exc
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            raise no_such_backup(backup_id) from error
        try:
            plain = await asyncio.to_thread(lambda: self.sealer.open(sealed, label=_MANIFEST + backup_id))
        except TextNLPError as error:
            raise _named(error, f"The manifest of backup {backup_id} cannot be used") from error
        return decode_manifest(plain, backup_id=backup_id)

    async def backup_ids(self) -> list[str]:
        """List the backups that exist, newest first."""
        found = [backup_id_at(info.path) async for info in self.store.entries(manifests_prefix(self.root))]
        return sorted((backup_id for backup_id in found if backup_id is not None), reverse=True)

    async def remove_backup(self, backup_id: str) -> None:
        """Let a backup no longer exist; its objects stay until they are swept."""
        await self.store.delete(manifest_path(self.root, backup_id))

    async def objects(self) -> AsyncGenerator[BlobInfo]:
        """List all objects, whatever they belong to."""
        async for info in self.store.entries(objects_prefix(self.root)):
            yield info

    async def _read(self, path: str, most_bytes: int, *, what: str) -> bytes:
        try:
            data = await self.store.get(path, length=most_bytes + _OVERHEAD_BYTES + 1)
        except TextNLPError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                raise damaged(f"{what} is missing.") from error
            raise
        if len(data) > most_bytes + _OVERHEAD_BYTES:
            raise damaged(f"{what} is longer than any that was written.")
        return data


def no_such_backup(backup_id: str) -> TextNLPError:
    """Build the error for a backup that does not exist."""
    return not_found(f"There is no backup {backup_id!a}.")


def _named(error: TextNLPError, what: str) -> TextNLPError:
    if error.kind is ErrorKind.CONFLICT:
        return damaged(f"{what}: {error.message[:1].lower()}{error.message[1:]}")
    return TextNLPError(f"{what}: {error.message}", kind=error.kind, facts=error.facts)
