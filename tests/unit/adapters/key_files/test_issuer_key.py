import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.domain.errors import ErrorKind, TextNLPError


def key_in(folder: Path) -> Path:
    return folder / "identity" / "signing-key.pem"


def refusal(folder: Path) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        open_issuer_key(folder)
    assert str(folder) in caught.value.message
    assert caught.value.facts.hint
    return caught.value.kind


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = open_issuer_key(folder)
    assert key.is_private
    assert stat.S_IMODE(key_in(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(key_in(folder).parent.stat().st_mode) == 0o700
    assert open_issuer_key(folder).thumbprint() == key.thumbprint()
    assert [each.name for each in key_in(folder).parent.iterdir()] == ["signing-key.pem"]


def test_who_starts_together_gets_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        keys = list(threads.map(open_issuer_key, [tmp_path] * 4))
    assert len({key.thumbprint() for key in keys}) == 1
    assert len(list(key_in(tmp_path).parent.iterdir())) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    open_issuer_key(tmp_path)
    key_in(tmp_path).chmod(mode)
    assert refusal(tmp_path) is ErrorKind.FORBIDDEN


def test_a_file_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_issuer_key(tmp_path)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert refusal(tmp_path) is ErrorKind.FORBIDDEN


def test_a_link_is_refused(tmp_path: Path) -> None:
    open_issuer_key(tmp_path / "real")
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
        RSAKey.generate_key(2048).as_pem(private=False),
        ECKey.generate_key("P-256").as_pem(private=True),
        RSAKey.generate_key(2048).as_pem(private=True)[:500],
    ],
    ids=["empty", "text", "public", "curve", "truncated"],
)
def test_a_file_without_a_private_rsa_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    key_in(tmp_path).parent.mkdir()
    key_in(tmp_path).touch(0o600)
    key_in(tmp_path).write_bytes(content)
    assert refusal(tmp_path) is ErrorKind.CONFLICT
    assert key_in(tmp_path).read_bytes() == content, "what may be mended is not written over"
