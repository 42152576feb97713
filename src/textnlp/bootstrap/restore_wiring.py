"""The wiring of a restore: a new place for the database, the files and the configuration."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from textnlp.adapters.database.loader import PostgresLoader
from textnlp.application.backups.create_backup import BLOBS_TREE
from textnlp.application.backups.restore_backup import RestoreTarget
from textnlp.bootstrap.backup_wiring import DATA_TREES, DOCUMENTS_TREE, PRIVATE_TREES
from textnlp.bootstrap.blob_wiring import open_folder, open_store_at
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import database_address
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.settings import Settings
from textnlp.topology.containers import BACKUPS

_DATABASE_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """Where a platform is restored to.

    Attributes:
        folder: data folder of the restored platform, which holds what the others do not.
        database_url: database in place of an embedded one in the folder.
        blobs: folder or address of the blobs in place of one in the folder.
    """

    folder: Path | None
    database_url: str | None
    blobs: str | None


def read_new_place(into: str, *, blobs: str | None, files: Path | None = None) -> NewPlace:
    """Read what a person names as the new place: a folder, or the address of a database with a place for the blobs.

    Raises `INVALID_INPUT` for an address with a password in it, which other accounts of the machine could read, and
    for a database without a place for blobs.
    """
    if not into.startswith(_DATABASE_SCHEMES):
        return NewPlace(folder=Path(into).expanduser().absolute(), database_url=None, blobs=blobs)
    try:
        given = conninfo_to_dict(into)
    except ProgrammingError:
        raise invalid_input("The address of the database cannot be read.", field="into") from None
    if given.get("password"):
        raise TextNLPError(
            "An address with a password in it can be read by other accounts of this machine.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Leave it out, and put it into ~/.pgpass or PGPASSWORD.", field="into"),
        )
    if blobs is None:
        raise TextNLPError(
            "A database holds no blobs.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name a folder or a storage account for them: --blobs PLACE.", field="blobs"),
        )
    return NewPlace(folder=files and files.expanduser().absolute(), database_url=into, blobs=blobs)


@contextlib.asynccontextmanager
async def open_new_place(settings: Settings, place: NewPlace) -> AsyncGenerator[tuple[RestoreTarget, RestoreTarget]]:
    """Open a new place, for the database with its files and for the configuration, with its server running.

    Raises `CONFLICT` for a folder that holds something, and what opening its parts does.
    """
    folder = place.folder
    if folder is not None:
        await asyncio.to_thread(_require_empty, folder)
    async with contextlib.AsyncExitStack() as stack:
        there = settings.model_copy(
            update={"database_url": place.database_url, **({"data_dir": folder} if folder is not None else {})}
        )
        blobs = place.blobs or str(there.blobs_dir)
        trees = {BLOBS_TREE: await open_store_at(stack, blobs)}
        configuration = {}
        if folder is not None:
            trees |= {name: await open_folder(stack, folder / name) for name in DATA_TREES}
            await asyncio.to_thread(_make_private, folder)
            configuration = {name: await open_folder(stack, folder / name) for name in (DOCUMENTS_TREE, *PRIVATE_TREES)}
        address = await stack.enter_async_context(database_address(there))
        loader = PostgresLoader(address, clock=SYSTEM_CLOCK)
        kept = (f"{BLOBS_TREE}/{BACKUPS}/",)
        yield RestoreTarget(database=loader, trees=trees, kept=kept), RestoreTarget(trees=configuration)
    if folder is not None:
        await asyncio.to_thread(_close_to_others, folder)


def _require_empty(folder: Path) -> None:
    try:
        found = next(folder.iterdir(), None)
    except FileNotFoundError:
        return
    except OSError as exc:
        raise TextNLPError(f"{folder} cannot be used: {exc.strerror}.", kind=ErrorKind.FORBIDDEN) from exc
    if found is not None:
        raise TextNLPError(
            f"{folder} holds something already, such as {found.name}; nothing is restored over it.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Restore into a folder that is empty, or that does not exist yet."),
        )


def _make_private(folder: Path) -> None:
    for name in PRIVATE_TREES:
        (folder / name).mkdir(mode=0o700, parents=True)


def _close_to_others(folder: Path) -> None:
    """Give keys the rights without which they are refused, and remove folders that nothing came into."""
    for name in PRIVATE_TREES:
        for path in sorted((folder / name).rglob("*"), reverse=True):
            path.chmod(0o700 if path.is_dir() else 0o600)
        (folder / name).chmod(0o700)
    for name in (*DATA_TREES, *PRIVATE_TREES, DOCUMENTS_TREE):
        with contextlib.suppress(OSError):
            (folder / name).rmdir()
