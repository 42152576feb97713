"""A platform of this code that has done some of everything: its rows, its files, a backup, and what it answers."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
from tests.acceptance.served_platform import ServedPlatform, serve_platform
from tools.release_messages import AT, SECRET

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.dumper import PostgresDumper
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.api.job_wire import OpenAIJobWire
from textnlp.application.backups.keep_backups import create_all
from textnlp.application.keep_jobs import JobKeeper
from textnlp.bootstrap.backup_wiring import PlaceOptions, open_backup_sets
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.domain.backups.manifest import BackupKind
from textnlp.domain.identifiers import WebhookId
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.webhooks.model import Webhook, WebhookTerms
from textnlp.settings import Settings

BACKUP_KEY = bytes(range(32))
"""Seals the backups of releases, which hold nothing of anybody's."""

_ENDED = frozenset({"completed", "failed", "cancelled", "expired"})
_LONGEST_SECONDS = 60.0
_PROMPTS = "".join(f'{{"id": "kettle-{n}", "prompt": "Praise kettle {n}."}}\n' for n in range(4))
_JOB_LINE = {
    "custom_id": "one",
    "method": "POST",
    "url": "/v1/chat/completions",
    "body": {"model": SCRIPTED_MODEL, "messages": [{"role": "user", "content": "Praise a lamp."}]},
}
_RECIPE: Mapping[str, Any] = {
    "name": "slogans",
    "seed": 7,
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "lamp", "chair"]},
        "number": {"kind": "uniform", "low": 0, "high": 1000, "decimals": 0},
        "slogan": {"kind": "text", "prompt": "Write a slogan for {{ product }} number {{ number }}."},
    },
    "checks": [{"kind": "condition", "where": "number >= 300", "name": "large"}],
    "accept": {"rows": 4},
}
_REVIEW = {"name": "replies", "questions": {"quality": {"kind": "rating"}}}
_WEBHOOK = Webhook(
    id=WebhookId("webhook_01kx3v9qe8m2t6f0r7w4z1c5ny"),
    tenant=LOCAL_TENANT,
    terms=WebhookTerms(url="https://receiver.example.com/events"),
    created_at=AT,
)
"""Registered without a look at where it leads."""
_ROWS = [{"id": "k1", "reply": "It boils fast."}, {"id": "k2", "reply": "It shines."}]


class Answer(msgspec.Struct, kw_only=True):
    """What a platform answered to `GET path`."""

    path: str
    body: Any


class PlatformRecord(msgspec.Struct, kw_only=True):
    """What a platform leaves: the key that opens it, and its answers once everything had ended."""

    api_key: str
    answers: list[Answer]


async def record_platform(folder: Path, scratch: Path, url: str) -> None:
    """Run a platform on a database, and leave in `folder` what is recorded of it; `scratch` is its data folder."""
    (scratch / "keys").mkdir(parents=True, mode=0o700)
    key = scratch / "keys" / "backup.key"
    key.write_bytes(msgspec.json.encode(BACKUP_KEY)[1:-1] + b"\n")
    key.chmod(0o600)
    settings = Settings(data_dir=scratch, database_url=url, model=SCRIPTED_MODEL, backups=str(folder / "backup"))
    async with serve_platform(url, scratch, settings=settings) as (platform, served):
        await platform.webhook_ports.registry.create(_WEBHOOK, SECRET)
        jobs = asyncio.create_task(JobKeeper(platform.job_ports, wire=OpenAIJobWire()).run())
        record = await _recorded(served)
        jobs.cancel()
    (folder / "platform.json").write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
    async with contextlib.aclosing(PostgresDatabase(url, clock=SystemClock(), max_connections=1)) as database:
        async with open_backup_sets(settings, PlaceOptions(), database=database) as sets:
            await create_all([each for each in sets if each.place.kind is BackupKind.DATABASE])
        await _write_rows(database, folder / "rows")
    for dataset in (scratch / "datasets").iterdir():
        shutil.copytree(dataset, folder / "dataset")


async def _write_rows(database: PostgresDatabase, folder: Path) -> None:
    """Write a file a table that has rows: its columns, then the rows as COPY has them, and one for the sequences."""
    async with PostgresDumper(database).snapshot() as dump:
        tables = await dump.tables()
        for place, table in enumerate(tables):
            rows = b"".join([row async for row in dump.rows(table)])
            if rows:
                header = "\t".join(table.columns).encode() + b"\n"
                (folder / f"{place:02}.{table.name}.tsv").write_bytes(header + rows)
        (folder / "sequences.json").write_text(json.dumps(dict(await dump.sequences()), indent=1) + "\n")


async def _recorded(served: ServedPlatform) -> PlatformRecord:
    headers = {"Authorization": f"Bearer {served.api_key}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=_LONGEST_SECONDS) as http:
        caller = _Caller(http)
        paths = await _work(caller)
        return PlatformRecord(
            api_key=served.api_key, answers=[Answer(path=path, body=await caller.get(path)) for path in paths]
        )


async def _work(caller: "_Caller") -> Sequence[str]:
    """Do some of everything; return the paths whose answers stay as they are."""
    api = "/api/v1"
    template = {"name": "praise", "prompt": "Praise a {{ product }}."}
    await caller.post(f"{api}/templates", json=template)
    asked = {"prompt": "Praise a kettle.", "mode": "async"}
    written = await caller.post(f"{api}/generate", json=asked, headers={"Idempotency-Key": "kettle"})
    batches = [
        (await caller.post(f"{api}/batches", files={"file": (name, _PROMPTS)}))["id"] for name in ("a.jsonl", "b.jsonl")
    ]
    upload = {"file": ("job.jsonl", json.dumps(_JOB_LINE) + "\n")}
    file = await caller.post("/v1/files", data={"purpose": "batch"}, files=upload)
    asked = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    job = await caller.post("/v1/batches", json=asked)
    dataset = await caller.post(f"{api}/datasets", json={"recipe": _RECIPE})
    review = await caller.post(f"{api}/reviews", json={"review": _REVIEW, "rows": _ROWS})
    ended = [
        f"{api}/generations/{written['id']}",
        *(f"{api}/batches/{batch}" for batch in batches),
        f"/v1/batches/{job['id']}",
        f"{api}/datasets/{dataset['id']}",
    ]
    for path in ended:
        job = await caller.ended(path)
    return [
        *ended,
        *await caller.pages(f"{api}/batches?limit=1", "next_before", "before"),
        *await caller.pages(f"{api}/batches/{batches[0]}/rows?limit=2", "next_after", "after"),
        *await caller.pages(f"{api}/datasets/{dataset['id']}/rows?limit=3", "next_after", "after"),
        *(f"{api}/datasets/{dataset['id']}/{part}" for part in ("facts", "history", "versions", "versions/1")),
        f"{api}/webhooks",
        f"{api}/templates/praise",
        f"{api}/reviews/{review['id']}",
        f"{api}/reviews/{review['id']}/items",
        f"/v1/files/{file['id']}",
        "/v1/files",
        "/v1/batches",
    ]


class _Caller:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str) -> Any:
        answer = await self._http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, **content: Any) -> Any:
        answer = await self._http.post(path, **content)
        if answer.is_error:
            raise RuntimeError(f"POST {path}: {answer.text}")
        return answer.json()

    async def ended(self, path: str) -> Any:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while True:
                found = await self.get(path)
                if found.get("state", found.get("status")) in _ENDED:
                    return found
                await asyncio.sleep(0.1)

    async def pages(self, path: str, key: str, parameter: str) -> list[str]:
        """Return the addresses of all pages of a listing, each made with the token of the one before."""
        found = [path]
        while (token := (await self.get(found[-1]))[key]) is not None:
            found.append(f"{path}&{parameter}={token}")
        return found
