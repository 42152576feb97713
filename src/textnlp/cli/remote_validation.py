"""Rows of a file, looked at by the workers of a platform."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.server_client import call_server
from textnlp.cli.validation_listing import ValidationProgress
from textnlp.client import AsyncClient
from textnlp.client.openai_files import FileCreate
from textnlp.client.validations import ValidationJobCreate, ValidationJobRead
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.report_paths import ERRORS_JSONL, REPORT_JSON, RESULT_NAMES

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_PATIENCE_SECONDS = 120.0
_KEPT_SECONDS = 86_400
_ENDED = frozenset({"completed", "failed"})


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """A file of rows, the folder for what comes of it, and the checks, None for the usual ones."""

    source: Path
    out: Path
    checks: ChecksFile | None


def validate_on_server(
    server: str, order: RemoteOrder, progress: ValidationProgress
) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Send the file, wait for its validation, and fetch the files; return the report and the names of the files.

    They get their names once all are there. The file is removed from the platform after that, at the latest a day
    later. Raises `INVALID_INPUT` for a folder and for rows that cannot be looked at, and the platform's errors.
    """
    if not order.source.is_file():
        raise invalid_input(f"{order.source} is no file; a platform takes one file at a time.", field="input")
    return call_server(server, lambda client: _validated(client, order, progress))


async def _validated(
    client: AsyncClient, order: RemoteOrder, progress: ValidationProgress
) -> tuple[Mapping[str, Any], Sequence[str]]:
    form = FileCreate(purpose="user_data", expires_after_anchor_="created_at", expires_after_seconds_=_KEPT_SECONDS)
    progress.say(f"Sending {order.source.name}.")
    file = await client.openai_files.upload_file(order.source, form=form)
    try:
        document = order.checks and order.checks.model_dump(mode="json", by_alias=True, exclude_unset=True)
        begun = await client.validations.create(ValidationJobCreate(file=file.id, checks=document or None))
        ended = await _ended(begun, partial(client.validations.show, begun.id), progress)
        if ended.state != "completed":
            raise TextNLPError(ended.reason or "The validation failed.", kind=ErrorKind.INVALID_INPUT)
        names = await _fetched(client, ended, order.out)
    finally:
        with contextlib.suppress(TextNLPError):
            await client.openai_files.delete(file.id)
    return msgspec.json.decode((order.out / REPORT_JSON).read_bytes(), type=dict[str, Any]), names


def await_batch_validation(
    server: str | None, batch_id: str, out: Path | None, progress: ValidationProgress
) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Wait for the validation of a batch's answers; return its balance, and the names of the files left in `out`.

    Raises `NOT_FOUND` for a batch that has none, `INVALID_INPUT` where the validation failed.
    """

    async def awaited(client: AsyncClient) -> tuple[Mapping[str, Any], Sequence[str]]:
        show = partial(client.batches.show_validation, batch_id)
        ended = await _ended(await show(), show, progress)
        if ended.state != "completed" or ended.summary is None:
            raise TextNLPError(ended.reason or "The validation failed.", kind=ErrorKind.INVALID_INPUT)
        names = [] if out is None else await _fetched(client, ended, out)
        return msgspec.to_builtins(ended.summary), names

    return call_server(server, awaited)


async def _ended(
    begun: ValidationJobRead, show: Callable[[], Awaitable[ValidationJobRead]], progress: ValidationProgress
) -> ValidationJobRead:
    """Show how far a validation is until it has ended; a platform that is away is asked again for two minutes."""
    shown, pause, heard_at = begun, _FIRST_PAUSE_SECONDS, SYSTEM_CLOCK.monotonic()
    while shown.state not in _ENDED:
        progress.say(f"{shown.state}, {shown.rows:,} rows")
        await SYSTEM_CLOCK.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, 2 * pause)
        try:
            shown = await show()
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            if SYSTEM_CLOCK.monotonic() - heard_at > _PATIENCE_SECONDS:
                hint = f"The validation {begun.id} goes on without you."
                raise TextNLPError(error.message, kind=error.kind, facts=ErrorFacts(hint=hint)) from error
        else:
            heard_at = SYSTEM_CLOCK.monotonic()
    return shown


async def _fetched(client: AsyncClient, ended: ValidationJobRead, out: Path) -> list[str]:
    has_bad_rows = ended.summary is not None and ended.summary.failed > 0
    names = [name for name in RESULT_NAMES if name != ERRORS_JSONL or has_bad_rows]
    partial = {name: out / f".{name}.partial" for name in names}
    await asyncio.to_thread(lambda: out.mkdir(parents=True, exist_ok=True))
    try:
        for name, path in partial.items():
            with await asyncio.to_thread(path.open, "wb") as file:
                async with contextlib.aclosing(client.validations.fetch_file(ended.id, name)) as pieces:
                    async for piece in pieces:
                        await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(_put_in_place, partial, out)
    finally:
        await asyncio.to_thread(_remove, list(partial.values()))
    return names


def _put_in_place(partial: Mapping[str, Path], out: Path) -> None:
    for name, path in partial.items():
        path.replace(out / name)
    if ERRORS_JSONL not in partial:
        (out / ERRORS_JSONL).unlink(missing_ok=True)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
