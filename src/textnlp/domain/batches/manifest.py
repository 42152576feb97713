"""The manifest of a finished batch: what was asked, what came of it, and how to check the files."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from textnlp.domain.batches.model import Batch, FailureCause, ResultFile

MANIFEST_SCHEMA = "textnlp.batch-manifest/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFacts:
    """What the manifest says beyond the batch itself."""

    files: tuple[ResultFile, ...]
    causes: tuple[FailureCause, ...]


def batch_manifest(batch: Batch, facts: ManifestFacts) -> dict[str, Any]:
    """Describe a batch that has ended, as a JSON object.

    `counts` balance: input = accepted + rejected + failed + pending. `cost` is null where the price of the model is
    not known, never a guess.
    """
    ended = batch.finished_at or batch.created_at
    counts = batch.counts
    spec = batch.spec
    return {
        "schema": MANIFEST_SCHEMA,
        "batch_id": batch.id,
        "name": batch.name,
        "state": batch.state.value,
        "reason": batch.reason,
        "input": {"name": batch.name, "sha256": batch.source_sha256, "rows": counts.input},
        "model": spec.model,
        "endpoint": spec.endpoint,
        "parameters": {
            name: value for name, value in dataclasses.asdict(spec.parameters).items() if value not in {None, ()}
        },
        "response_schema": spec.response_schema,
        "counts": {
            "input": counts.input,
            "accepted": counts.accepted,
            "rejected": counts.rejected,
            "failed": counts.failed,
            "pending": counts.pending,
        },
        "usage": {**dataclasses.asdict(batch.usage), "total_tokens": batch.usage.total_tokens},
        "cost": None,
        "timing": {
            "created_at": batch.created_at.isoformat(),
            "finished_at": ended.isoformat(),
            "seconds": round((ended - batch.created_at).total_seconds(), 3),
        },
        "causes": [
            {"code": cause.code.value, "count": cause.count, "example": cause.example} for cause in facts.causes
        ],
        "files": [dataclasses.asdict(file) for file in facts.files],
    }
