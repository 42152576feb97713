"""What migrations do, read from their files without a database."""

from textnlp.adapters.database.alembic_runner import migration_scripts, render_step
from textnlp.domain.upgrades.contract_steps import contract_steps
from textnlp.domain.upgrades.model import Migration

UNUSED_SINCE = "unused_since"
"""Name by which the module of a migration says since which release nothing uses what it takes away."""


def migrations_after(revision: str) -> tuple[Migration, ...]:
    """Return the migrations that bring a database from a revision to the latest one, oldest first."""
    return tuple(
        Migration(
            revision=script.revision,
            summary=(script.doc or "").rstrip("."),
            takes_away=contract_steps([render_step(script)]),
            unused_since=getattr(script.module, UNUSED_SINCE, None),
        )
        for script in migration_scripts()
        if script.revision > revision
    )
