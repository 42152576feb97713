import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from textnlp.adapters.key_files.dataset_key import open_dataset_key
from textnlp.domain.errors import ErrorKind, TextNLPError


def key_in(folder: Path) -> Path:
    return folder / "keys" / "dataset-signing.pem"


def refusal(folder: Path) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        open_dataset_key(folder)
    assert str(folder) in caught.value.message
    assert caught.value.facts.hint
    return caught.value.kind


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = open_dataset_key(tmp_path / "data")
    assert stat.S_IMODE(key_in(tmp_path / "data").stat().st_mode) == 0o600
    assert stat.S_IMODE(key_in(tmp_path / "data").parent.stat().st_mode) == 0o700
    assert pem(open_dataset_key(tmp_path / "data")) == pem(key)
    assert [each.name for each in (tmp_path / "data" / "keys").iterdir()] == ["dataset-signing.pem"]


def test_who_starts_together_gets_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        keys = list(threads.map(open_dataset_key, [tmp_path] * 4))
    assert len({pem(key) for key in keys}) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    open_dataset_key(tmp_path)
    key_in(tmp_path).chmod(mode)
    assert refusal(tmp_path) is ErrorKind.FORBIDDEN


def test_a_file_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_dataset_key(tmp_path)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert refusal(tmp_path) is ErrorKind.FORBIDDEN


def test_a_link_is_refused(tmp_path: Path) -> None:
    open_dataset_key(tmp_path / "real")
    key_in(tmp_path / "linked").parent.mkdir(parents=True)
    key_in(tmp_path / "linked").symlink_to(key_in(tmp_path / "real"))
    assert refusal(tmp_path / "linked") is ErrorKind.FORBIDDEN


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file") is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        pem(Ed25519PrivateKey.generate())[:60],
    ],
    ids=["empty", "text", "public", "curve", "truncated"],
)
def test_a_file_without_such_a_key_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    key_in(tmp_path).parent.mkdir()
    key_in(tmp_path).touch(0o600)
    key_in(tmp_path).write_bytes(content)
    assert refusal(tmp_path) is ErrorKind.CONFLICT
    assert key_in(tmp_path).read_bytes() == content, "what may be mended is not written over"
