"""The private key that manifests are signed with: one file that nobody else can read."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_PLACE = ("keys", "dataset-signing.pem")
_MOST_BYTES = 1 << 16
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


def open_signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key of a data folder, made on first use; of processes that start together all get the same.

    Raises `FORBIDDEN` for a file that others may read or own, or that may not be read; `CONFLICT` for one that holds
    no such key; `UNAVAILABLE` for a folder that cannot be used.
    """
    path = data_dir.joinpath(*_PLACE)
    try:
        data = _read(path)
        if data is None:
            _make(path)
            data = _read(path)
    except OSError as exc:
        is_forbidden = exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}
        raise TextNLPError(
            f"The key file {path} cannot be used: {exc.strerror or type(exc).__name__}.",
            kind=ErrorKind.FORBIDDEN if is_forbidden else ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Give this account alone access to its folder; it may not be a link."),
        ) from exc
    try:
        key = load_pem_private_key(data or b"", password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _damaged(path) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _damaged(path)
    return key


def _read(path: Path) -> bytes | None:
    """Return the content of a file that is ours alone; None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if status.st_uid != os.geteuid() or mode & 0o077:
            raise TextNLPError(
                f"The key file {path} is open to other accounts (mode {mode:04o}).",
                kind=ErrorKind.FORBIDDEN,
                facts=ErrorFacts(
                    hint="If nobody can have read it: own it and set its mode to 0600. Otherwise delete it: datasets "
                    "are then signed with another key, and those who pinned the old one must learn of it."
                ),
            )
        return file.read(_MOST_BYTES)


def _make(path: Path) -> None:
    """Write a key under another name and link it into place, which only one of several can do."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()


def _damaged(path: Path) -> TextNLPError:
    return TextNLPError(
        f"The key file {path} does not hold a private Ed25519 key.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(
            hint="Delete it: datasets are then signed with another key, and those who pinned the old one must learn "
            "of it."
        ),
    )
