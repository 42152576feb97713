"""`textnlp deadletter …`: messages that queues have given up on, of the platform on this machine or at DATABASE_URL."""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from textnlp.application.look_at_queues import look_at_queues, received_from
from textnlp.application.purge_dead_letters import purge_dead_letters
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import open_queue
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import invalid_input
from textnlp.domain.messaging.model import ReceivedMessage, dead_letter_entity
from textnlp.ports.job_queue import JobQueue
from textnlp.settings import read_settings

_Result = TypeVar("_Result")
_Queue = Annotated[str, typer.Argument(metavar="QUEUE", help="A queue, or TOPIC/SUBSCRIPTION, as `list` names it.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def list_letters(
    queue: Annotated[
        str | None, typer.Argument(metavar="[QUEUE]", help="Whose letters are listed; how many there are of each else.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Letters listed at most.")] = 50,
    as_json: _Json = False,
) -> None:
    """Show how many dead letters each queue has, or those of one queue with their reasons; none is taken."""
    if queue is None:
        _print_counts(as_json=as_json)
        return
    name = dead_letter_entity(_known(queue))
    letters = _with_queue(lambda jobs: jobs.peek(name, max_messages=limit))
    if as_json:
        sys.stdout.writelines(json.dumps(_facts(letter)) + "\n" for letter in letters)
        return
    table = Table("number", "sent", "deliveries", "reason", "description", box=None, header_style="dim", pad_edge=False)
    for letter in letters:
        sent = f"{letter.enqueued_at:%Y-%m-%d %H:%M:%S}"
        told = (letter.dead_letter_reason or "", letter.dead_letter_description or "")
        table.add_row(str(letter.sequence_number), sent, str(letter.delivery_count), *told)
    Console().print(table if letters else f"{queue} has no dead letters.")


def resend(queue: _Queue) -> None:
    """Send the dead letters of a queue to it again, as if they had never been delivered."""
    name = _known(queue)
    count = _with_queue(lambda jobs: jobs.resend_dead_letters(name))
    typer.echo(f"{count} sent again to {name}.")


def purge(queue: _Queue, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove the dead letters of a queue for good; asks first."""
    name = _known(queue)
    if not yes and not typer.confirm(f"Remove the dead letters of {name} for good?"):
        raise typer.Exit(1)
    count = _with_queue(lambda jobs: purge_dead_letters(jobs, name))
    typer.echo(f"{count} removed from {name}.")


def _print_counts(*, as_json: bool) -> None:
    looks = _with_queue(lambda jobs: look_at_queues(jobs, now=SYSTEM_CLOCK.now()))
    if as_json:
        counts = [{"queue": look.entity, "dead_letters": look.depth.dead_lettered} for look in looks]
        sys.stdout.writelines(json.dumps(each) + "\n" for each in counts)
        return
    table = Table("queue", "waiting", "dead letters", box=None, header_style="dim", pad_edge=False)
    for look in looks:
        table.add_row(look.entity, f"{look.waiting:,}", f"{look.depth.dead_lettered:,}")
    Console().print(table)


def _with_queue(use: Callable[[JobQueue], Awaitable[_Result]]) -> _Result:
    async def run() -> _Result:
        async with open_queue(read_settings()) as jobs:
            return await use(jobs)

    return run_interruptible(run)


def _known(queue: str) -> str:
    if queue not in received_from():
        raise invalid_input(f"There is no queue {queue!r}; there are {', '.join(received_from())}.", field="QUEUE")
    return queue


def _facts(letter: ReceivedMessage) -> dict[str, Any]:
    return {
        "number": letter.sequence_number,
        "message_id": letter.message_id,
        "enqueued_at": letter.enqueued_at.isoformat(),
        "deliveries": letter.delivery_count,
        "reason": letter.dead_letter_reason,
        "description": letter.dead_letter_description,
        "body": letter.body.decode("utf-8", "replace"),
    }
