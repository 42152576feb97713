"""Dead letters from the command line, beside a platform that may run."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from textnlp.bootstrap.database_wiring import open_queue
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.settings import Settings
from textnlp.topology.queues import VALIDATION_QUEUE

pytestmark = pytest.mark.postgres


async def bury(database_url: str, folder: Path, *bodies: bytes) -> None:
    async with open_queue(Settings(database_url=database_url, data_dir=folder)) as queue:
        await queue.send(VALIDATION_QUEUE, [OutgoingMessage(body=body) for body in bodies])
        for message in await queue.receive(VALIDATION_QUEUE, max_messages=len(bodies)):
            await queue.dead_letter(message, reason="Unreadable", description="no validation of that name")


async def test_dead_letters_are_counted_listed_sent_again_and_removed(
    command_line: CommandLine, database_url: str, tmp_path: Path
) -> None:
    await bury(database_url, tmp_path, b'{"a":1}', b'{"a":2}')
    here = {"DATABASE_URL": database_url, "COLUMNS": "200"}
    counted = await command_line.run("deadletter", "list", "--json", **here)
    counts = {each["queue"]: each["dead_letters"] for each in map(json.loads, counted.stdout.splitlines())}
    assert counts[VALIDATION_QUEUE] == 2
    assert sum(counts.values()) == 2
    listed = await command_line.run("deadletter", "list", VALIDATION_QUEUE, **here)
    assert listed.stdout.count("no validation of that name") == 2
    again = await command_line.run("deadletter", "resend", VALIDATION_QUEUE, **here)
    assert again.stdout == f"2 sent again to {VALIDATION_QUEUE}.\n"
    await bury(database_url, tmp_path, b'{"a":3}', b'{"a":4}')
    kept = await command_line.run("deadletter", "purge", VALIDATION_QUEUE, **here)
    assert kept.exit_code == 1
    purged = await command_line.run("deadletter", "purge", VALIDATION_QUEUE, "--yes", **here)
    assert purged.stdout == f"2 removed from {VALIDATION_QUEUE}.\n"
    assert "has no dead letters" in (await command_line.run("deadletter", "list", VALIDATION_QUEUE, **here)).stdout


async def test_a_queue_that_is_not_there_is_refused_with_those_there_are(command_line: CommandLine) -> None:
    finished = await command_line.run("deadletter", "resend", "validations")
    assert finished.exit_code == 2
    assert VALIDATION_QUEUE in finished.stderr
