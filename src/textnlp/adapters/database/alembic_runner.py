"""Alembic, for databases that are neither empty nor at the latest revision; apart, for its import takes long."""

import io
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from textnlp.adapters.database.migration_files import MIGRATIONS


def run_migrations(dsn: str, *, to: str = "head") -> None:
    """Bring the database from whichever revision it has to a later one, in one transaction."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    with engine.begin() as connection:
        command.upgrade(_config(connection=connection), to)


def revert_migrations(dsn: str, *, to: str) -> None:
    """Bring the database back to an earlier revision, `base` for none; what later ones added is lost."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    with engine.begin() as connection:
        command.downgrade(_config(connection=connection), to)


def render_head() -> str:
    """Return the SQL that brings an empty database to the latest revision, as one transaction."""
    output = io.StringIO()
    command.upgrade(_config(output_buffer=output), "head", sql=True)
    lines = (line.rstrip() for line in output.getvalue().splitlines())
    return "\n".join(lines).strip() + "\n"


def render_step(script: Script) -> str:
    """Return the SQL of one migration alone, with what notes that it has run."""
    output = io.StringIO()
    command.upgrade(_config(output_buffer=output), f"{script.down_revision or 'base'}:{script.revision}", sql=True)
    return output.getvalue()


def migration_scripts() -> list[Script]:
    """Return all migrations, oldest first."""
    return sorted(ScriptDirectory.from_config(_config()).walk_revisions(), key=lambda script: script.revision)


def _config(*, output_buffer: io.StringIO | None = None, **attributes: Any) -> Config:
    config = Config(output_buffer=output_buffer)
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config
