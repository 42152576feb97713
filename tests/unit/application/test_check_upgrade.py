from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application import check_upgrade as module
from textnlp.application.backups.list_backups import ListedBackup
from textnlp.application.check_upgrade import UpgradePorts, check_upgrade
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.domain.inspection.model import Fault, Schema
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.upgrades.model import Migration, UpgradePlan
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, TEXT_GENERATION_QUEUE

if TYPE_CHECKING:
    from textnlp.ports.inspector import Inspector

CLOCK = ManualClock(now=datetime(2026, 11, 27, tzinfo=UTC))
CONTRACT = Migration(revision="0020", summary="A column goes", takes_away=("drops a column",), unused_since="0.1.0")
LATER = b'{"version": 2}'


class SchemaOnly:
    """An inspector that knows the structure of a database and nothing else."""

    def __init__(self, revision: str | None) -> None:
        self._revision = revision

    async def schema(self) -> Schema:
        return Schema(revision=self._revision, known="0020")


def ports_at(revision: str | None, **changes: Any) -> UpgradePorts:
    async def migrations_after(after: str) -> Sequence[Migration]:
        return [CONTRACT] if after < CONTRACT.revision else []

    async def dataset_faults() -> tuple[int, Sequence[Fault]]:
        return 0, []

    async def no_backups() -> Sequence[ListedBackup]:
        raise not_found("There is no key of backups.")

    ports = UpgradePorts(
        version="0.2.0",
        clock=CLOCK,
        inspector=cast("Inspector", SchemaOnly(revision)),
        queue=MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK),
        migrations_after=migrations_after,
        dataset_faults=dataset_faults,
        list_backups=no_backups,
    )
    return replace(ports, **changes)


def faults_of(plan: UpgradePlan) -> dict[str, int]:
    return {check.subject: check.fault_count for check in plan.checks if check.fault_count}


async def test_what_is_taken_away_and_a_missing_backup_stand_in_the_way() -> None:
    plan = await check_upgrade(ports_at("0019"))
    assert faults_of(plan) == {"migrations beside running processes": 1, "newest backup": 1}
    assert (plan.is_safe, plan.as_document()["migrations"][0]["unused_since"]) == (False, "0.1.0")
    told = await check_upgrade(ports_at("0019"), oldest_running="0.1.0")
    assert faults_of(told) == {"newest backup": 1}


@pytest.mark.parametrize("revision", ["0020", None])
async def test_a_platform_without_migrations_to_run_needs_no_backup(revision: str | None) -> None:
    assert (await check_upgrade(ports_at(revision))).is_safe


async def test_the_queues_of_a_database_of_a_later_version_are_not_looked_at() -> None:
    plan = await check_upgrade(ports_at("0021"))
    assert faults_of(plan) == {"database revision": 1}
    assert "waiting messages" not in {check.subject for check in plan.checks}


async def test_messages_of_a_later_version_are_counted_by_queue_and_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_A_PEEK", 2)
    ports = ports_at("0020")
    await ports.queue.send(TEXT_GENERATION_QUEUE, [OutgoingMessage(body=LATER) for _ in range(5)])
    await ports.queue.send(BATCH_PROCESSING_QUEUE, [OutgoingMessage(body=LATER), OutgoingMessage(body=b"")])
    (check,) = [check for check in (await check_upgrade(ports)).checks if check.subject == "waiting messages"]
    assert (check.looked_at, check.fault_count) == (7, 3)
    assert check.faults[0].told.startswith("5 waiting messages cannot be read: This is the message of a generation of")


async def test_a_backup_of_another_format_is_named() -> None:
    async def list_backups() -> Sequence[ListedBackup]:
        return [ListedBackup(id="backup_1", manifest=None, fault="Backup backup_1 has format 9.")]

    plan = await check_upgrade(ports_at("0020", list_backups=list_backups))
    assert faults_of(plan) == {"formats of backups": 1}


async def test_backups_that_cannot_be_reached_are_no_missing_ones() -> None:
    async def list_backups() -> Sequence[ListedBackup]:
        raise TextNLPError("The account is away.", kind=ErrorKind.UNAVAILABLE)

    with pytest.raises(TextNLPError, match="away"):
        await check_upgrade(ports_at("0020", list_backups=list_backups))
