"""What an upgrade is: migrations that are to run, and whether earlier processes may run beside them."""

from dataclasses import dataclass
from typing import Any

from textnlp.domain.inspection.model import Inspected


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A step of the structure of the database.

    Attributes:
        takes_away: what earlier code may use and finds gone or refused afterwards, in words; nothing for a migration
            that only adds.
        unused_since: the release since which nothing uses that; None where the migration does not say.
    """

    revision: str
    summary: str
    takes_away: tuple[str, ...] = ()
    unused_since: str | None = None

    def as_document(self) -> dict[str, Any]:
        """Return it in JSON's types."""
        return {
            "revision": self.revision,
            "summary": self.summary,
            "takes_away": list(self.takes_away),
            "unused_since": self.unused_since,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """What upgrading to this version does, and what stands in its way.

    Attributes:
        version: of this code.
        revision: of the database, None where no platform has used it.
        head: revision that this code works with.
        migrations: what is to run, oldest first.
        checks: what was looked at, with what is wrong and what to do.
    """

    version: str
    revision: str | None
    head: str
    migrations: tuple[Migration, ...]
    checks: tuple[Inspected, ...]

    @property
    def is_safe(self) -> bool:
        """Whether nothing stands in its way."""
        return not any(check.fault_count for check in self.checks)

    def as_document(self) -> dict[str, Any]:
        """Return it in JSON's types."""
        return {
            "version": self.version,
            "revision": self.revision,
            "head": self.head,
            "is_safe": self.is_safe,
            "migrations": [migration.as_document() for migration in self.migrations],
            "checks": [check.as_document() for check in self.checks],
        }
