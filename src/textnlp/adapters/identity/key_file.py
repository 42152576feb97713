"""The private key of the local issuer: one file that nobody else can read."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_NAME = "signing-key.pem"
_BITS = 2048
_MOST_BYTES = 1 << 16
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


def open_signing_key(folder: Path) -> RSAKey:
    """Return the RSA key of a folder, made on first use with its folder; blocks for a tenth of a second then.

    Of processes that start together, one makes the key and all get the same. Raises `FORBIDDEN` for a file that
    others may read or own, or that may not be read; `CONFLICT` for one that holds no such key; `UNAVAILABLE` for a
    folder that cannot be used.
    """
    path = folder / _NAME
    try:
        text = _read(path)
        if text is None:
            _make(path)
            text = _read(path)
    except OSError as exc:
        is_forbidden = exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}
        raise TextNLPError(
            f"The key file {path} cannot be used: {exc.strerror or type(exc).__name__}.",
            kind=ErrorKind.FORBIDDEN if is_forbidden else ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Give this account alone access to its folder; it may not be a link."),
        ) from exc
    try:
        key = RSAKey.import_key(text or b"")
    except (JoseError, ValueError, TypeError):
        raise _damaged(path) from None
    if not key.is_private or key.raw_value.key_size < _BITS:
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
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise TextNLPError(
                f"The key file {path} is open to other accounts (mode {stat.S_IMODE(status.st_mode):04o}).",
                kind=ErrorKind.FORBIDDEN,
                facts=ErrorFacts(
                    hint="If nobody can have read it: own it and set its mode to 0600. Otherwise delete it: the next "
                    "start makes another, and tokens signed with the old one are refused."
                ),
            )
        return file.read(_MOST_BYTES)


def _make(path: Path) -> None:
    """Write a key under another name and link it into place, which only one of several can do."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = RSAKey.generate_key(_BITS)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.as_pem(private=True))
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()


def _damaged(path: Path) -> TextNLPError:
    return TextNLPError(
        f"The key file {path} does not hold a private RSA key of at least {_BITS} bits.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(
            hint="Delete it: the next start makes another, and tokens that were signed with the old one are refused."
        ),
    )
