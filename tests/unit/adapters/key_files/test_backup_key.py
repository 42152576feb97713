import base64
import stat
from pathlib import Path

import pytest

from textnlp.adapters.key_files.backup_key import open_backup_keys, read_backup_keys
from textnlp.domain.errors import ErrorKind, TextNLPError

KEYS = [bytes(range(32)), bytes(range(1, 33))]
TEXT = "\n".join(base64.b64encode(key).decode() for key in KEYS)
NO_KEYS = ["", "short", base64.b64encode(bytes(31)).decode(), TEXT[:-3], "é" * 44, (TEXT + "\n") * 20]


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "backup.key"
    (key,) = open_backup_keys(path, may_make=True)
    assert len(key) == 32
    assert open_backup_keys(path, may_make=False) == [key]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_whoever_only_reads_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="no key of backups") as caught:
        open_backup_keys(tmp_path / "backup.key", may_make=False)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert not list(tmp_path.iterdir())


def test_several_keys_stand_a_line_each_the_first_one_first() -> None:
    assert read_backup_keys(TEXT + "\n", named="KEYS") == KEYS


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    open_backup_keys(path, may_make=True)
    path.chmod(0o644)
    with pytest.raises(TextNLPError) as caught:
        open_backup_keys(path, may_make=True)
    assert caught.value.kind is ErrorKind.FORBIDDEN


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_holds_no_keys_is_refused_and_never_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "backup.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(TextNLPError) as of_file:
        open_backup_keys(path, may_make=True)
    with pytest.raises(TextNLPError) as of_secret:
        read_backup_keys(text, named="KEYS")
    assert (of_file.value.kind, of_secret.value.kind) == (ErrorKind.CONFLICT, ErrorKind.INVALID_INPUT)
    for error in (of_file.value, of_secret.value):
        assert not text or text not in error.full_text
