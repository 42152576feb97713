"""A file with a private key, which nobody but its owner can read."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_MOST_BYTES = 1 << 16
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC


def open_private_file(path: Path, *, make: Callable[[], bytes], loss: str) -> bytes:
    """Return what a file holds, made on first use with its folder; of processes that start together all get the same.

    `loss` says what follows where the file is deleted. Raises `FORBIDDEN` for a file that others may read or own, or
    that may not be read, and `UNAVAILABLE` for a folder that cannot be used.
    """
    try:
        content = _read(path, loss=loss)
        if content is None:
            _make(path, make)
            content = _read(path, loss=loss)
    except OSError as exc:
        is_forbidden = exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}
        raise TextNLPError(
            f"The key file {path} cannot be used: {exc.strerror or type(exc).__name__}.",
            kind=ErrorKind.FORBIDDEN if is_forbidden else ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Give this account alone access to its folder; it may not be a link."),
        ) from exc
    return content or b""


def not_a_key(path: Path, *, wanted: str, loss: str) -> TextNLPError:
    """Build the error for a file that does not hold what it should; it is left as it is, for it may be mended."""
    return TextNLPError(
        f"The key file {path} does not hold {wanted}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint=f"Delete it: {loss}"),
    )


def _read(path: Path, *, loss: str) -> bytes | None:
    """Return the content of a file that is ours alone; None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if status.st_uid != os.geteuid() or mode & 0o077:
            hint = f"If nobody can have read it: own it and set its mode to 0600. Otherwise delete it: {loss}"
            raise TextNLPError(
                f"The key file {path} is open to other accounts (mode {mode:04o}).",
                kind=ErrorKind.FORBIDDEN,
                facts=ErrorFacts(hint=hint),
            )
        return file.read(_MOST_BYTES)


def _make(path: Path, make: Callable[[], bytes]) -> None:
    """Write a key under another name and link it into place, which only one of several can do."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = make()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
