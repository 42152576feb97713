"""The folder that a dataset is made in: one run at a time, and which runs were made there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from textnlp.domain.identifiers import RunId, is_run_id

_RECORD_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """What decides the candidates of a run: the recipe's fingerprint, its files, and who is asked."""

    fingerprint: str
    model: str
    endpoint: str
    files: str


class DatasetFolder:
    """Remembers the runs of a dataset folder that this process holds, each under what decides it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._record_file = path / ".textnlp" / "runs.json"

    def run_of(self, key: RunKey) -> RunId | None:
        """Return the run that was begun here with this key; None where there is none, or no record can be read."""
        run = self._runs().get(_text_of(key))
        return None if run is None else RunId(run)

    def remember(self, key: RunKey, run: RunId, *, base: Path) -> None:
        """Note a run, and the folder that its recipe's files are beside, at once or not at all."""
        runs = {**self._runs(), _text_of(key): run}
        document = {"version": _RECORD_VERSION, "base": str(base), "runs": runs}
        partial = self._record_file.with_suffix(".partial")
        partial.write_text(json.dumps(document, indent=1))
        partial.replace(self._record_file)

    def next_version(self) -> int:
        """Return the number of the version that comes next."""
        numbers = [int(path.name[1:]) for path in self.path.glob("v*") if path.name[1:].isdigit()]
        return max(numbers, default=0) + 1

    def base(self) -> Path | None:
        """Return the folder that the latest recipe's files are beside; None where nothing was run here."""
        base = self._record().get("base")
        return Path(base) if isinstance(base, str) else None

    def _runs(self) -> dict[str, str]:
        runs = self._record().get("runs")
        return cast("dict[str, str]", runs) if isinstance(runs, dict) else {}

    def _record(self) -> dict[str, object]:
        """Return what was noted here; a record that cannot be read, or of another form, counts as none."""
        try:
            document = json.loads(self._record_file.read_bytes())
            return document if document["version"] == _RECORD_VERSION else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def is_remote(dataset: str, server: str | None) -> bool:
    """Whether a platform has the dataset: one is named, or what is named is an id of one and no folder."""
    return server is not None or (is_run_id(dataset) and not Path(dataset).exists())


def _text_of(key: RunKey) -> str:
    return f"{key.fingerprint}|{key.model}|{key.endpoint}|{key.files}"
