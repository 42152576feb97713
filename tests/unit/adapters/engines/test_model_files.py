import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.model_wheel import CONTENT, PACKAGE, TINY_MODEL
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert ModelFiles(tmp_path / "none", clock=ManualClock()).find(TINY_MODEL) is None


def test_a_file_of_the_users_own_is_used_whatever_it_is(tmp_path: Path) -> None:
    own = tmp_path / "mine.gguf"
    own.write_bytes(b"anything")
    (tmp_path / TINY_MODEL.file_name).write_bytes(CONTENT)
    assert ModelFiles(tmp_path, clock=ManualClock(), own_file=own).find(TINY_MODEL) == own


def test_a_file_of_the_users_own_that_is_missing_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / TINY_MODEL.file_name).write_bytes(CONTENT)
    files = ModelFiles(tmp_path, clock=ManualClock(), own_file=tmp_path / "missing.gguf")
    with pytest.raises(TextNLPError) as caught:
        files.find(TINY_MODEL)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert "TEXTNLP_MODEL_FILE" in caught.value.full_text


def test_a_fetched_file_is_found_unless_it_was_cut(tmp_path: Path) -> None:
    fetched = tmp_path / TINY_MODEL.file_name
    fetched.write_bytes(CONTENT)
    files = ModelFiles(tmp_path, clock=ManualClock())
    assert files.find(TINY_MODEL) == fetched
    fetched.write_bytes(CONTENT[:-1])
    assert files.find(TINY_MODEL) is None


def test_an_installed_package_is_found_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text('raise ImportError("imported")\n')
    (package / TINY_MODEL.file_name).write_bytes(CONTENT)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    files = ModelFiles(tmp_path / "cache", clock=ManualClock())
    assert files.find(TINY_MODEL) == package / TINY_MODEL.file_name


async def test_too_little_space_is_told_before_anything_is_fetched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full_disk(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0)

    monkeypatch.setattr(shutil, "disk_usage", full_disk)
    files = ModelFiles(tmp_path, clock=ManualClock(), pip=("false",))
    with pytest.raises(TextNLPError) as caught:
        await files.fetch(TINY_MODEL)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "TEXTNLP_CACHE_DIR" in caught.value.full_text


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    files = ModelFiles(tmp_path / "file" / "models", clock=ManualClock(), pip=("false",))
    with pytest.raises(TextNLPError) as caught:
        await files.fetch(TINY_MODEL)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
