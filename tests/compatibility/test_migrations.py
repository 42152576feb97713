"""Migrations expand first and contract later, so that processes of the release before them go on working."""

import pytest
from packaging.version import Version

import textnlp
from tests.compatibility.recorded import FOLDERS, NAMES, release_of
from textnlp.adapters.database.pending_migrations import migrations_after
from textnlp.domain.upgrades.model import Migration

_OLDEST = min((release_of(folder) for folder in FOLDERS), key=lambda release: release.revision)


def undeclared(migrations: tuple[Migration, ...], *, releases: list[str], version: str) -> list[str]:
    """Return the migrations that take something away which a supported release may still use.

    `releases` are those that are recorded; processes of the oldest may be there while this code migrates.
    """
    oldest = min(map(Version, releases))
    found: list[str] = []
    for migration in migrations:
        since = migration.unused_since
        if migration.takes_away and (since is None or not oldest <= Version(since) <= Version(version)):
            found.append(f"{migration.revision}: {'; '.join(migration.takes_away)}")
    return found


def test_no_migration_takes_away_what_a_supported_release_may_use() -> None:
    found = undeclared(migrations_after(_OLDEST.revision), releases=NAMES, version=textnlp.__version__)
    assert found == [], (
        "add in this release, take away in a later one: let the migration say `unused_since`, the first release whose "
        "statements do without"
    )


@pytest.mark.parametrize(
    ("takes_away", "unused_since", "is_refused"),
    [
        ((), None, False),
        (("drops a column: …",), None, True),
        (("drops a column: …",), "0.1.0", True),
        (("drops a column: …",), "0.3.0", False),
        (("drops a column: …",), "0.5.0", True),
    ],
)
def test_a_contract_step_has_to_name_a_release_that_is_out(
    takes_away: tuple[str, ...], unused_since: str | None, *, is_refused: bool
) -> None:
    migration = Migration(revision="0042", summary="", takes_away=takes_away, unused_since=unused_since)
    assert bool(undeclared((migration,), releases=["0.2.0", "0.3.0"], version="0.4.0")) == is_refused
