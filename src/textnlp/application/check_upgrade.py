"""Find out whether a platform can be brought to this version while processes of earlier ones run; change nothing."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textnlp.application.backups.list_backups import ListedBackup
from textnlp.application.readable_messages import READERS, unreadable_reason
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.inspection.model import Fault, Inspected
from textnlp.domain.upgrades.model import Migration, UpgradePlan
from textnlp.domain.upgrades.rules import backup_faults, inspected, migration_faults, read_version, revision_faults
from textnlp.ports.clock import Clock
from textnlp.ports.inspector import Inspector
from textnlp.ports.job_queue import JobQueue

MOST_MESSAGES = 10_000
"""Messages of one queue that are looked at."""

_A_PEEK = 500
_UPDATE = "Read it with the version that wrote it, or install that one: pip install --upgrade textnlp."


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePorts:
    """What the check stands on.

    Attributes:
        version: of this code.
        migrations_after: returns the migrations after a revision.
        dataset_faults: looks at the manifests of versions; returns how many there are and what cannot be read.
        list_backups: returns the backups of the database, newest first.
    """

    version: str
    clock: Clock
    inspector: Inspector
    queue: JobQueue
    migrations_after: Callable[[str], Awaitable[Sequence[Migration]]]
    dataset_faults: Callable[[], Awaitable[tuple[int, Sequence[Fault]]]]
    list_backups: Callable[[], Awaitable[Sequence[ListedBackup]]]


async def check_upgrade(ports: UpgradePorts, *, oldest_running: str | None = None) -> UpgradePlan:
    """Return what upgrading does and what stands in its way.

    `oldest_running` is the version of the oldest process that runs meanwhile; None where that is not known. A database
    that no platform has used has nothing to lose, and its queues are not looked at. Raises `INVALID_INPUT` for what is
    no version, and `UNAVAILABLE` where the database or the queue is away.
    """
    oldest = None if oldest_running is None else read_version(oldest_running)
    schema = await ports.inspector.schema()
    is_used = schema.revision is not None
    migrations = tuple(await ports.migrations_after(schema.revision)) if schema.revision else ()
    checks = [inspected("database revision", 1, revision_faults(schema))]
    if is_used and not checks[0].fault_count:
        contracts = migration_faults(migrations, oldest_running=oldest)
        checks.append(inspected("migrations beside running processes", len(migrations), contracts))
        checks.append(await _messages(ports.queue))
    checks.append(inspected("formats of datasets", *await ports.dataset_faults()))
    checks += await _backups(ports, is_wanted=bool(migrations))
    return UpgradePlan(
        version=ports.version,
        revision=schema.revision,
        head=schema.known,
        migrations=migrations,
        checks=tuple(checks),
    )


async def _messages(queue: JobQueue) -> Inspected:
    """Look at what waits in every queue and subscription; dead letters were refused already."""
    looked_at = 0
    faults: list[Fault] = []
    for entity in READERS:
        count, reasons = await _unreadable(queue, entity)
        looked_at += count
        faults += [_message_fault(entity, reason, many) for reason, many in reasons.items()]
    return inspected("waiting messages", looked_at, faults)


async def _unreadable(queue: JobQueue, entity: str) -> tuple[int, Counter[str]]:
    reasons: Counter[str] = Counter()
    looked_at, following = 0, 0
    while looked_at < MOST_MESSAGES:
        messages = await queue.peek(entity, from_sequence_number=following, max_messages=_A_PEEK)
        if not messages:
            break
        looked_at += len(messages)
        following = messages[-1].sequence_number + 1
        reasons.update(reason for each in messages if (reason := unreadable_reason(entity, each.body)) is not None)
    return looked_at, reasons


def _message_fault(entity: str, reason: str, count: int) -> Fault:
    advice = "Let the version that sent them work them off first; this one would put them among the dead letters."
    return Fault(place=entity, told=f"{count:,} waiting messages cannot be read: {reason}", advice=advice)


async def _backups(ports: UpgradePorts, *, is_wanted: bool) -> list[Inspected]:
    """Look at what backups there are, and, where one is wanted to go back to, how old the newest is."""
    listed = await _listed(ports)
    faults = [Fault(place=each.id, told=each.fault, advice=_UPDATE) for each in listed if each.manifest is None]
    newest = next((each.manifest.taken_at for each in listed if each.manifest is not None), None)
    stale = backup_faults(newest, now=ports.clock.now()) if is_wanted else []
    return [inspected("formats of backups", len(listed), faults), inspected("newest backup", len(listed), stale)]


async def _listed(ports: UpgradePorts) -> Sequence[ListedBackup]:
    """Return the backups, none where there is no key that could have sealed one."""
    try:
        return await ports.list_backups()
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return ()
