"""Remember what was asked of providers that tune models."""

from dataclasses import dataclass

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.tuning.model import TuningRecord, is_record
from textnlp.ports.blob_store import BlobStore
from textnlp.topology.containers import MODELS_CONFIGS


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record, and the etag that it was read or written with."""

    record: TuningRecord
    etag: str


class TuningRecords:
    """Keeps records among other blobs; of several processes that change one, all but one are told so."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def add(self, record: TuningRecord) -> KeptRecord:
        """Keep a record; raise `CONFLICT` where its plan has one."""
        return await self._put(record, if_etag=None)

    async def change(self, kept: KeptRecord, record: TuningRecord) -> KeptRecord:
        """Put a record in the place of `kept`; raise `CONFLICT` where another process has done so meanwhile."""
        return await self._put(record, if_etag=kept.etag)

    async def find(self, path: str) -> KeptRecord | None:
        """Return the record at a path, None where there is none."""
        try:
            info = await self._blobs.head(path)
            document = await self._blobs.get(path)
        except TextNLPError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return None
            raise
        return KeptRecord(msgspec.json.decode(document, type=TuningRecord), info.etag)

    async def all(self) -> list[KeptRecord]:
        """Return all records, oldest first."""
        found = [
            kept
            async for entry in self._blobs.entries(f"{MODELS_CONFIGS}/")
            if is_record(entry.path) and (kept := await self.find(entry.path)) is not None
        ]
        return sorted(found, key=lambda kept: kept.record.recorded_at)

    async def of_job(self, job_id: str) -> KeptRecord:
        """Return the record of a job; raise `NOT_FOUND` where no plan has made it."""
        for kept in await self.all():
            if kept.record.job_id == job_id:
                return kept
        raise not_found(f"No fine-tuning job {job_id!r} was created here; see: textnlp model tune list")

    async def _put(self, record: TuningRecord, *, if_etag: str | None) -> KeptRecord:
        document = msgspec.json.encode(record)
        try:
            info = await self._blobs.put(record.path, document, if_absent=if_etag is None, if_etag=if_etag)
        except TextNLPError as error:
            if error.kind is not ErrorKind.CONFLICT:
                raise
            raise TextNLPError(
                "Another process works on the same fine-tuning job.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Run the same command again in a moment."),
            ) from error
        return KeptRecord(record, info.etag)
