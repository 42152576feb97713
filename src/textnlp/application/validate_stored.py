"""Look at the rows of a blob, and leave what came of it among the blobs of validations."""

import asyncio
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from textnlp.application.validation_ports import ValidatedFile, ValidationPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.reports.validation_figures import encode_figures, validation_figures
from textnlp.domain.validation.checks_file import ChecksFile, usual_checks
from textnlp.domain.validation.report_paths import REPORT_JSON, RESULT_NAMES, metrics_path, result_path
from textnlp.domain.validation.stored_validation import ANSWER_COLUMN, StoredValidation, ValidationKind
from textnlp.domain.validation.summary import ValidationSummary

_TOLD_EVERY_SECONDS = 1.0
_PIECE_BYTES = 1 << 20
_INPUT_FACTS = ("input", "checks")


async def validate_stored(
    ports: ValidationPorts, validation: StoredValidation, *, on_move: Callable[[], None]
) -> ValidationSummary:
    """Look at all rows of a validation's blob, write its files and figures, and note that it is completed.

    The blob is copied to a temporary folder for that time, and the files are written there, then stored piece by
    piece under names that are always the same, the report last; an earlier report is removed before the first. Doing
    it twice leaves the same files. `on_move` is called while rows are got on with. Raises `CONFLICT` where somebody
    else completed it meanwhile, and what reading the rows raises.
    """
    began = ports.clock.monotonic()
    checks = _checks(ports, validation)
    with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
        local, out = Path(folder) / validation.source.rsplit("/", 1)[-1], Path(folder) / "out"
        await _download(ports, validation.source, local, on_move=on_move)
        found = await _Looking(ports, validation, on_move).run(local, out, checks)
        seconds = ports.clock.monotonic() - began
        figures = validation_figures(validation, found.summary, found.report, seconds=seconds)
        await _clear(ports, validation, rows=found.summary.rows)
        await ports.blobs.put(metrics_path(validation.id, asked_at=validation.asked_at), encode_figures(figures))
        await _store(ports, validation.id, {name: out / name for name in found.names}, on_move=on_move)
    balance = {name: told for name, told in found.document.items() if name not in _INPUT_FACTS}
    await ports.store.complete(validation, summary=balance, at=ports.clock.now())
    return found.summary


def _checks(ports: ValidationPorts, validation: StoredValidation) -> ChecksFile | None:
    if validation.checks is not None:
        return ports.read_checks(validation.checks)
    return usual_checks([ANSWER_COLUMN]) if validation.kind is ValidationKind.BATCH else None


async def _download(ports: ValidationPorts, path: str, local: Path, *, on_move: Callable[[], None]) -> None:
    with local.open("wb") as file:
        async for piece in ports.blobs.stream(path):
            await asyncio.to_thread(file.write, piece)
            on_move()


async def _clear(ports: ValidationPorts, validation: StoredValidation, *, rows: int) -> None:
    """Remove an earlier report, unless somebody else has ended this validation."""
    if not await ports.store.progress(validation, rows=rows):
        raise _taken(validation)
    await ports.blobs.delete(result_path(validation.id, REPORT_JSON))


async def _store(
    ports: ValidationPorts, validation_id: ValidationId, files: Mapping[str, Path], *, on_move: Callable[[], None]
) -> None:
    for name in RESULT_NAMES:
        path = result_path(validation_id, name)
        if name not in files:
            await ports.blobs.delete(path)
            continue
        with files[name].open("rb") as file:
            async with ports.blobs.open_writer(path) as writer:
                while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                    await writer.write(piece)
                    on_move()


class _Looking:
    """Runs the checks in a thread, and tells meanwhile how far it is."""

    def __init__(self, ports: ValidationPorts, validation: StoredValidation, on_move: Callable[[], None]) -> None:
        self._ports = ports
        self._validation = validation
        self._on_move = on_move
        self._rows = 0
        self._has_moved = False
        self._is_over = threading.Event()

    async def run(self, local: Path, out: Path, checks: ChecksFile | None) -> ValidatedFile:
        """Return what came of it; where this is cancelled, return only after the thread has stopped."""
        validation = self._validation
        work = partial(self._ports.validate_file, local, out, checks=checks, name=validation.name)
        looking = asyncio.create_task(
            asyncio.to_thread(work, at=validation.asked_at, on_progress=self._count), name="validation"
        )
        telling = asyncio.create_task(self._tell(), name="validation progress")
        try:
            return await asyncio.shield(looking)
        finally:
            self._is_over.set()
            telling.cancel()
            await asyncio.gather(looking, telling, return_exceptions=True)

    def _count(self, summary: ValidationSummary) -> None:
        """Note a balance, in the thread; where repetitions are looked for, rows are counted twice."""
        if self._is_over.is_set():
            raise _taken(self._validation)
        self._rows = max(self._rows, summary.rows)
        self._has_moved = True

    async def _tell(self) -> None:
        while True:
            await self._ports.clock.sleep(_TOLD_EVERY_SECONDS)
            if not self._has_moved:
                continue
            self._has_moved = False
            self._on_move()
            try:
                is_ours = await self._ports.store.progress(self._validation, rows=self._rows)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
                continue
            if not is_ours:
                self._is_over.set()


def _taken(validation: StoredValidation) -> TextNLPError:
    return TextNLPError(f"Validation {validation.id} was ended by somebody else.", kind=ErrorKind.CONFLICT)
