"""The keys that backups are sealed with."""

import base64
import binascii
import secrets
from functools import partial
from pathlib import Path

from textnlp.adapters.key_files.private_file import open_private_file
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

_KEY_BYTES = 32
_MOST_KEYS = 32
_WANTED = "keys of 32 bytes in base64, a line each"
_LOSS = "backups that were sealed with it can then never be opened."


def open_backup_keys(path: Path, *, may_make: bool) -> list[bytes]:
    """Return the keys in a file, the one that seals first; with `may_make` a first key is made where there is no file.

    Raises what `open_private_file` does, `NOT_FOUND` for a file that is missing and not made, and `CONFLICT` for one
    that holds anything else.
    """
    content = open_private_file(path, make=_new_key if may_make else partial(_no_key, path), loss=_LOSS)
    try:
        return _parsed(content.decode("ascii"))
    except ValueError:
        raise TextNLPError(
            f"The key file {path} does not hold {_WANTED}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(
                hint="Put the file back as it was; without its keys no backup that they sealed can be opened."
            ),
        ) from None


def read_backup_keys(text: str, *, named: str) -> list[bytes]:
    """Return the keys in the secret called `named`; raise `INVALID_INPUT`, without the text, for anything else."""
    try:
        return _parsed(text)
    except ValueError:
        raise _unreadable(named) from None


def _parsed(text: str) -> list[bytes]:
    try:
        keys = [base64.b64decode(line, validate=True) for line in text.split()]
    except binascii.Error as exc:
        raise ValueError("no base64") from exc
    if not 0 < len(keys) <= _MOST_KEYS or any(len(key) != _KEY_BYTES for key in keys):
        raise ValueError("no keys")
    return keys


def _new_key() -> bytes:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"


def _no_key(path: Path) -> bytes:
    raise TextNLPError(
        f"There is no key of backups at {path}.",
        kind=ErrorKind.NOT_FOUND,
        facts=ErrorFacts(
            hint="Name the file with the key that they were sealed with by TEXTNLP_BACKUP_KEY_FILE, or a secret by "
            "TEXTNLP_BACKUP_KEY_ENV."
        ),
    )


def _unreadable(named: str) -> TextNLPError:
    return invalid_input(f"{named} does not hold {_WANTED}.", field="backup_key_env")
