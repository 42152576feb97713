"""Send the files of a plan, and make its job of them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from textnlp.application.tuning_records import KeptRecord, TuningRecords
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.tuning.model import ExampleFile, TuningJob, TuningRecord
from textnlp.ports.clock import Clock
from textnlp.ports.example_source import ExampleSource
from textnlp.ports.tuning_provider import TuningProvider

_Mark = Callable[[TuningRecord, str], TuningRecord]


class MakeTuningJob:
    """Carries one record, which it holds alone, to its job; each step is written down before the next is taken.

    Whoever else writes the record meanwhile ends this with `CONFLICT` at the next step. What breaks off lets go of the
    record, so that the next one need not wait; files that are there are not sent again.
    """

    def __init__(self, kept: KeptRecord, *, provider: TuningProvider, records: TuningRecords, clock: Clock) -> None:
        self._kept = kept
        self._provider = provider
        self._records = records
        self._clock = clock

    async def __call__(
        self, training: ExampleSource, validation: ExampleSource | None
    ) -> tuple[TuningRecord, TuningJob]:
        """Return the record with its job."""
        try:
            plan = self._kept.record.plan
            await self._send(training, plan.training, self._kept.record.training_file_id, _mark_training)
            if validation is not None and plan.validation is not None:
                await self._send(validation, plan.validation, self._kept.record.validation_file_id, _mark_validation)
            await self._write(replace(self._kept.record, touched_at=self._clock.now()))
            job = await self._created(self._kept.record)
            await self._write(replace(self._kept.record, job_id=job.id, status=job.status, touched_at=None))
        except (asyncio.CancelledError, TextNLPError):
            with contextlib.suppress(TextNLPError):
                await self._write(replace(self._kept.record, touched_at=None))
            raise
        return self._kept.record, job

    async def _send(self, source: ExampleSource, file: ExampleFile, file_id: str | None, mark: _Mark) -> None:
        """Have a file at the provider, sent where it is not there, and looked through."""
        if file_id is not None and await self._provider.await_file(file_id):
            return
        told = _Told(source)
        sent_id = await self._provider.upload(_quoted(source.name), told.pieces, size_bytes=source.size_bytes)
        if told.digest.hexdigest() != file.sha256:
            raise TextNLPError(f"{source.name} was changed while it was sent.", kind=ErrorKind.CONFLICT)
        await self._write(mark(replace(self._kept.record, touched_at=self._clock.now()), sent_id))
        if not await self._provider.await_file(sent_id):
            raise TextNLPError(f"The provider has lost {source.name}.", kind=ErrorKind.UNAVAILABLE)

    async def _created(self, record: TuningRecord) -> TuningJob:
        return await self._provider.create(
            record.plan,
            training_file_id=record.training_file_id or "",
            validation_file_id=record.validation_file_id,
            besides=record.earlier_jobs,
        )

    async def _write(self, record: TuningRecord) -> None:
        self._kept = await self._records.change(self._kept, record)


class _Told:
    """Pieces of a source, and the digest of the last time that they were read."""

    def __init__(self, source: ExampleSource) -> None:
        self._source = source
        self.digest = sha256()

    def pieces(self) -> Iterable[bytes]:
        self.digest = sha256()
        return self._read(self._source.pieces())

    def _read(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.digest.update(piece)
            yield piece


def _mark_training(record: TuningRecord, file_id: str) -> TuningRecord:
    return replace(record, training_file_id=file_id)


def _mark_validation(record: TuningRecord, file_id: str) -> TuningRecord:
    return replace(record, validation_file_id=file_id)


def _quoted(name: str) -> str:
    """Return a name that can stand in a header."""
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "_" for each in name)
