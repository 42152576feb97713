"""A dataset, as it is submitted and as it is shown."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.stored_run import RunProgress, RunState, RunVersion, StoredRun

_RECIPE: dict[str, Any] = {
    "name": "slogans",
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "lamp"]},
        "slogan": {"kind": "text", "prompt": "Write a slogan for a {{ product }}."},
    },
    "accept": {"rows": 20},
}
_Wanted = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Rows = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]


class DatasetCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A recipe whose rows are to be made.

    Attributes:
        recipe: the recipe as an object, or as the text of its file.
        rows: accepted rows wanted, in place of the recipe's.
        model: asked by aliases that name none; the platform's default where none is named.
    """

    recipe: dict[str, Any] | str
    rows: _Rows | None = None
    model: Annotated[str, msgspec.Meta(min_length=1)] | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"recipe": _RECIPE, "rows": 20}


class DatasetExtend(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many rows are to come to those that are there."""

    rows: _Rows

    EXAMPLE: ClassVar[dict[str, Any]] = {"rows": 10}


class ReasonRead(msgspec.Struct, kw_only=True):
    """Why rows were turned away, with the reason of one of them."""

    code: str
    count: int
    example: str


class DatasetProgressRead(msgspec.Struct, kw_only=True):
    """How far a dataset is.

    Attributes:
        accepted: rows that passed; until the dataset is complete, more may have passed than are needed.
        pass_rate: share of the rows that passed, null before the first one.
        cost: US dollars, null where a price is not known.
        projected_cost: what it will have cost at this rate; null before the first row that passed.
    """

    candidates: int
    accepted: int
    rejected: int
    failed: int
    surplus: int
    pass_rate: float | None
    usage: UsageRead
    cost: Decimal | None
    projected_cost: Decimal | None
    reasons: list[ReasonRead]


class DatasetVersionEntry(msgspec.Struct, kw_only=True):
    """A version that can be downloaded."""

    number: int
    rows: int
    written_at: datetime
    stopped_by: str | None


class DatasetRead(msgspec.Struct, kw_only=True):
    """A dataset in the making or finished.

    Attributes:
        rows: accepted rows that are wanted.
        reason: why it is in a state that nobody asked for.
        versions: that were written, the first one first.
    """

    id: str
    name: str
    state: RunState
    reason: str | None
    model: str
    endpoint: str
    rows: int
    created_at: datetime
    ended_at: datetime | None
    progress: DatasetProgressRead
    versions: list[DatasetVersionEntry]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "run_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "name": "slogans",
        "state": "completed",
        "reason": None,
        "model": "smollm2-135m",
        "endpoint": "embedded",
        "rows": 20,
        "created_at": "2026-03-01T12:00:00Z",
        "ended_at": "2026-03-01T12:00:41Z",
        "progress": {
            "candidates": 24,
            "accepted": 20,
            "rejected": 3,
            "failed": 0,
            "surplus": 1,
            "pass_rate": 0.875,
            "usage": UsageRead.EXAMPLE,
            "cost": "0",
            "projected_cost": "0",
            "reasons": [{"code": "length:slogan", "count": 3, "example": "slogan has 1 word, fewer than 2."}],
        },
        "versions": [{"number": 1, "rows": 20, "written_at": "2026-03-01T12:00:41Z", "stopped_by": None}],
    }
    EVENT: ClassVar[str] = 'id: 1\nevent: progress\ndata: {"id":"run_01kx3v9qe8m2t6f0r7w4z1c5ny","name":"slogans"}\n\n'


class DatasetPage(msgspec.Struct, kw_only=True):
    """Datasets, newest first; `next_before` continues the listing where it is not null, also behind a short page."""

    datasets: list[DatasetRead]
    next_before: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"datasets": [DatasetRead.EXAMPLE], "next_before": None}


class DatasetListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which datasets to list.

    Attributes:
        before: those older than this dataset.
        tag: those that have it.
        license: those under it, whatever the case of its letters.
        text: those with it in name or description, whatever the case of its letters.
    """

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    before: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    tag: _Wanted | None = None
    license: _Wanted | None = None
    text: _Wanted | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 20, "before": "run_01kx3v9qe8m2t6f0r7w4z1c5ny"}


class DatasetFileRead(msgspec.Struct, kw_only=True):
    """A file of a version; `rows` is null for one that holds none."""

    path: str
    bytes: int
    sha256: str
    rows: int | None


class DatasetVersionRead(msgspec.Struct, kw_only=True):
    """What a version holds, as its signed manifest says.

    Attributes:
        splits: rows of each split.
        files: all files beside `manifest.json` and `manifest.sig`.
        public_key: raw Ed25519 key in base64 that the signature is checked with.
    """

    name: str
    version: int
    fingerprint: str
    created: str
    rows: int
    stopped_by: str | None
    splits: dict[str, int]
    files: list[DatasetFileRead]
    public_key: str

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "slogans",
        "version": 1,
        "fingerprint": "1:4be6f1",
        "created": "2026-03-01T12:00:41+00:00",
        "rows": 20,
        "stopped_by": None,
        "splits": {"train": 20},
        "files": [{"path": "data/train.jsonl", "bytes": 1822, "sha256": "9f86d081884c7d65", "rows": 20}],
        "public_key": "cHVibGljIGtleQ==",
    }


class DatasetRowsQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which rows: those of `split` from the place `cursor` on, where an earlier page ended."""

    split: Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_]{0,63}$")] = "train"
    cursor: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100

    EXAMPLE: ClassVar[dict[str, Any]] = {"split": "train", "cursor": 0, "limit": 100}


class DatasetRowPage(msgspec.Struct, kw_only=True):
    """Accepted rows in the order of the file; `next_cursor` continues where it is not null."""

    rows: list[dict[str, Any]]
    next_cursor: int | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rows": [{"id": "0", "product": "kettle", "slogan": "Boils before you blink."}],
        "next_cursor": None,
    }


def read_dataset(run: StoredRun) -> DatasetRead:
    """Show a run."""
    return DatasetRead(
        id=run.id,
        name=run.name,
        state=run.state,
        reason=run.reason,
        model=run.model,
        endpoint=run.endpoint,
        rows=run.rows,
        created_at=run.created_at,
        ended_at=run.ended_at,
        progress=_progress(run.progress, wanted=run.rows),
        versions=[_version(version) for version in run.versions],
    )


def read_version(version: DatasetVersion) -> DatasetVersionRead:
    """Show what a version holds."""
    return DatasetVersionRead(
        name=version.name,
        version=version.version,
        fingerprint=version.fingerprint,
        created=version.created,
        rows=version.counts.accepted,
        stopped_by=version.stopped_by,
        splits=version.splits,
        files=[
            DatasetFileRead(path=file.path, bytes=file.bytes, sha256=file.sha256, rows=file.rows)
            for file in version.files
        ],
        public_key=version.public_key,
    )


def _progress(progress: RunProgress, *, wanted: int) -> DatasetProgressRead:
    passed = progress.accepted + progress.surplus
    rows = passed + progress.rejected + progress.failed
    is_priced = progress.cost is not None and passed > 0
    return DatasetProgressRead(
        candidates=progress.candidates,
        accepted=progress.accepted,
        rejected=progress.rejected,
        failed=progress.failed,
        surplus=progress.surplus,
        pass_rate=round(passed / rows, 4) if rows else None,
        usage=read_usage(progress.usage),
        cost=progress.cost,
        projected_cost=_projected(progress.cost, wanted=wanted, passed=passed) if is_priced else None,
        reasons=[ReasonRead(code=each.code, count=each.count, example=each.example) for each in progress.reasons],
    )


def _projected(cost: Decimal | None, *, wanted: int, passed: int) -> Decimal | None:
    return None if cost is None else (cost * max(wanted, passed) / passed).quantize(Decimal("0.000001"))


def _version(version: RunVersion) -> DatasetVersionEntry:
    return DatasetVersionEntry(
        number=version.number, rows=version.rows, written_at=version.written_at, stopped_by=version.stopped_by
    )
