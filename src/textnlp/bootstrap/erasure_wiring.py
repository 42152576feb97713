"""The wiring of erasure: everywhere that data of a person may be, and what certifies that it is gone."""

import contextlib
import dataclasses
import hashlib
from collections.abc import AsyncGenerator

import textnlp
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.dataset_catalog import PostgresDatasetCatalog
from textnlp.adapters.database.dataset_store import PostgresDatasetStore
from textnlp.adapters.database.erasable_tables import ErasableTables
from textnlp.adapters.database.ledger_erasure import PostgresLedgerErasure
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.dataset_files.person_search import names_person, redact_table
from textnlp.adapters.dataset_files.reader import read_recipe, read_rows, read_version
from textnlp.adapters.dataset_files.signature import public_key_text, sign, signature_findings
from textnlp.adapters.key_files.dataset_key import open_dataset_key
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.application.erasure.erase_batches import ErasableBatches
from textnlp.application.erasure.erase_blobs import ErasableBlobs
from textnlp.application.erasure.erase_datasets import DatasetErasurePorts, ErasableDatasets
from textnlp.application.erasure.erase_person import ErasurePorts
from textnlp.application.erasure.kept_backups import find_kept_backups
from textnlp.bootstrap.backup_wiring import open_places
from textnlp.bootstrap.blob_wiring import open_blobs, open_folder
from textnlp.bootstrap.catalog_wiring import catalog_ports
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import open_database
from textnlp.bootstrap.dataset_wiring import dataset_files
from textnlp.domain.backups.manifest import BackupKind
from textnlp.domain.erasure.certificate import KeptBackups
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.erasable_place import ErasablePlace
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import BACKUPS, GENERATIONS_REALTIME
from textnlp.topology.records import BATCH_ROWS

_CONTENT = (f"{GENERATIONS_REALTIME}/",)
"""Where a JSON document is one answer, which goes as a whole."""

_RENAMING = b"textnlp erasure: names of blobs"


@contextlib.asynccontextmanager
async def open_erasure(settings: Settings) -> AsyncGenerator[ErasurePorts]:
    """Open everything that is erased from, beside a platform that may run on it or not.

    Raises what opening the database, the blobs and the key of datasets does.
    """
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        blobs = await open_blobs(stack, settings)
        reviews = await open_folder(stack, settings.reviews_dir) if settings.reviews_dir.is_dir() else None
        key = open_dataset_key(settings.data_dir)
        yield ErasurePorts(
            places=erasable_places(settings, database, blobs, reviews=reviews, clock=SYSTEM_CLOCK),
            find_backups=lambda: _find_backups(settings),
            sign=lambda data: sign(data, key=key).decode().rstrip(),
            is_signed=is_signed,
            public_key=public_key_text(key),
            generator=f"textnlp {textnlp.__version__}",
            clock=SYSTEM_CLOCK,
        )


def erasable_places(
    settings: Settings, database: PostgresDatabase, blobs: BlobStore, *, reviews: BlobStore | None, clock: Clock
) -> list[ErasablePlace]:
    """Return where data of a person may be, in the order in which it is erased.

    Batches come before blobs, for they write their files anew, and tables last, for they lead to the others.
    """
    secret = open_dataset_key(settings.data_dir).private_bytes_raw()
    key = hashlib.sha256(_RENAMING + secret).digest()
    batches = ErasableBatches(
        ledger=PostgresBatchLedger(database),
        rows=PostgresLedgerErasure(database),
        blobs=blobs,
        results=BlobResultFiles(blobs),
    )
    files = ErasableBlobs(
        store=blobs, called="blobs", redact_table=redact_table, key=key, left_out=(f"{BACKUPS}/",), content=_CONTENT
    )
    datasets = DatasetErasurePorts(
        store=PostgresDatasetStore(database),
        catalog=dataclasses.replace(catalog_ports(PostgresDatasetCatalog(database)), clock=clock),
        files=dataset_files(settings),
        names_person=names_person,
        read_version=read_version,
        read_recipe=read_recipe,
        read_rows=read_rows,
        root=settings.data_dir / "datasets",
    )
    tables = [record for record in TOPOLOGY.records if record.name != BATCH_ROWS]
    places: list[ErasablePlace] = [
        batches,
        files,
        ErasableDatasets(datasets),
        ErasableTables(database, tables, key=key),
    ]
    if reviews is not None:
        places.append(ErasableBlobs(store=reviews, called="reviews", redact_table=redact_table, key=key))
    return places


def is_signed(data: bytes, signature: str, public_key: str) -> bool:
    """Tell whether a signature is that of these bytes by a public key, both in base64."""
    return not signature_findings(data, f"{signature}\n".encode(), public_key=public_key)


async def _find_backups(settings: Settings) -> KeptBackups:
    """Return the backups of the database; none where there is no key, since the first backup makes it."""
    try:
        async with open_places(settings) as places:
            return await find_kept_backups(places[BackupKind.DATABASE])
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return KeptBackups()
