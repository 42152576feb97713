"""The folder that a local run writes into: one run at a time, and always the same one."""

import contextlib
import fcntl
import json
import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

_STATE_FOLDER = ".textnlp"
_RECORD_VERSION = 1
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Which batch a folder belongs to, and everything that decides what that batch asks.

    Concurrency, rates and time-outs are not part of the identity: they may change between two starts of one run.
    """

    batch_id: BatchId
    identity: dict[str, Any]


@contextlib.contextmanager
def open_run_directory(path: Path) -> Generator["RunDirectory"]:
    """Make the folder where it is missing, and hold it until the block ends.

    Raises `CONFLICT` while another process holds it, `INVALID_INPUT` when it cannot be written to.
    """
    state = path / _STATE_FOLDER
    try:
        state.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise TextNLPError(
            f"Cannot write to {path}: {exc.strerror}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Choose a folder that you may write to: --out DIR.", field="out"),
        ) from exc
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise TextNLPError(
                f"Another run is writing to {path}.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Wait for it to end, or choose another folder: --out DIR."),
            ) from exc
        yield RunDirectory(path)
    finally:
        os.close(descriptor)


class RunDirectory:
    """A folder that this process holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._record_file = path / _STATE_FOLDER / "run.json"

    def record(self) -> RunRecord | None:
        """Return what was run here before, or None; a record that cannot be read counts as none."""
        try:
            document = json.loads(self._record_file.read_bytes())
            if document["version"] == _RECORD_VERSION:
                return RunRecord(batch_id=BatchId(document["batch_id"]), identity=document["identity"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return None

    def save(self, record: RunRecord) -> None:
        """Note what is run here, at once or not at all."""
        document = {"version": _RECORD_VERSION, "batch_id": record.batch_id, "identity": record.identity}
        partial = self._record_file.with_suffix(".partial")
        partial.write_text(json.dumps(document, indent=1))
        partial.replace(self._record_file)

    def require_same(self, identity: dict[str, Any], record: RunRecord) -> None:
        """Raise `CONFLICT` naming every part of the identity that differs from the run that was begun here."""
        differing = [
            f"{name} was {_shown(record.identity.get(name))}, is {_shown(value)}"
            for name, value in identity.items()
            if record.identity.get(name) != value
        ]
        if differing:
            raise TextNLPError(
                f"{self.path} holds a run of something else: {'; '.join(differing)}.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Choose another folder with --out, or start over in this one with --restart."),
            )

    def forget(self, files: list[str]) -> None:
        """Remove the record and the named result files, so that a run begins anew."""
        for path in [self._record_file, *(self.path / name for name in files)]:
            path.unlink(missing_ok=True)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
