"""Bring a database to the structure that this code works with."""

import asyncio
from typing import Any, LiteralString, cast

import psycopg

from textnlp.adapters.database.database_address import SCHEMA, DatabaseAddress, address_of
from textnlp.adapters.database.migration_files import MIGRATIONS
from textnlp.adapters.database.pool import unavailable
from textnlp.adapters.database.server_version import require_version
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

HEAD_SQL = MIGRATIONS / "head.sql"
"""What Alembic would send to an empty database; `tools/render_schema.py` writes it, a test compares it."""

_LOCK_KEY = 0x7E71A17
_FIND_VERSION_TABLE = "select to_regclass('textnlp.alembic_version')"
_READ_VERSION = "select version_num from textnlp.alembic_version"
_HAS_SCHEMA = "select to_regnamespace('textnlp')"
_ADD_SCHEMA = "create schema textnlp"


def revisions() -> list[str]:
    """List the revisions that this code knows, oldest first; they are the numbers that the files begin with."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def upgrade(address: str | DatabaseAddress) -> None:
    """Bring the database to the latest revision; several processes may do so at once.

    A database that is there already costs one query, an empty one a single script: importing Alembic alone takes
    longer than either, and is left to databases in between. Raises `CONFLICT` for a database that a later version of
    the platform has changed or a server that is too old, `FORBIDDEN` where the account may not make tables,
    `UNAVAILABLE` where the server cannot be reached, and what `AccessTokens.token` does.
    """
    await asyncio.to_thread(_upgrade, await address_of(address).conninfo())


def _upgrade(dsn: str) -> None:
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            require_version(connection.info.server_version)
            if _current_revision(connection) == revisions()[-1]:
                return
            connection.execute("select pg_advisory_lock(%s)", (_LOCK_KEY,))
            _upgrade_locked(connection, dsn)
    except psycopg.errors.InsufficientPrivilege as exc:
        raise TextNLPError(
            f"The database account may not make the platform's tables: {exc}",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint=f"Let it create the schema {SCHEMA}: grant create on database … to …;"),
        ) from exc
    except psycopg.OperationalError as exc:
        raise unavailable(exc) from exc


def _upgrade_locked(connection: psycopg.Connection[Any], dsn: str) -> None:
    known = revisions()
    current = _current_revision(connection)
    if current is None:
        if _one(connection, _HAS_SCHEMA) is None:
            connection.execute(_ADD_SCHEMA)
        # The script is one transaction by itself.
        connection.execute(cast("LiteralString", HEAD_SQL.read_text("utf-8")))
    elif current not in known:
        raise TextNLPError(
            f"The database has revision {current}, which a later version of TextNLP made; this one knows {known[-1]}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Update TextNLP: pip install --upgrade textnlp."),
        )
    elif current != known[-1]:
        from textnlp.adapters.database.alembic_runner import run_migrations  # noqa: PLC0415  # takes 0.6 s to import

        run_migrations(dsn)


def _current_revision(connection: psycopg.Connection[Any]) -> str | None:
    """Return the revision of the database, or None for one that has none of our tables."""
    return None if _one(connection, _FIND_VERSION_TABLE) is None else _one(connection, _READ_VERSION)


def _one(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]
