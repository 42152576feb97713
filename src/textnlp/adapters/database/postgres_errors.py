"""What can keep an embedded server from running, and what to do about it."""

import errno
from pathlib import Path

from textnlp.adapters.database.postgres_files import ServerFolder
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_CHOOSE_FOLDER = "Choose another data folder with TEXTNLP_DATA_DIR, or set DATABASE_URL to a PostgreSQL server."
_HINTS = (
    ("No space left on device", "Free space on the disk of the data folder, then start again; nothing stored is lost."),
    ("Disk quota exceeded", "Free some of your disk quota, then start again; nothing stored is lost."),
    ("could not create shared memory segment", "Free memory, or raise the memory limit of the container."),
    ("Cannot allocate memory", "Free memory, or raise the memory limit of the container."),
    ("could not locate a valid checkpoint record", "Restore the database from a backup; its files are damaged."),
    ("Operation not permitted", "Run as an ordinary user: this root may not start a program under another account."),
)


def folder_error(root: Path, exc: OSError) -> TextNLPError:
    """Build the error for a folder that cannot be used, from what the system said."""
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        kind, hint = ErrorKind.UNAVAILABLE, _HINTS[0][1]
    elif exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        kind, hint = ErrorKind.FORBIDDEN, f"Give this account write access to it. {_CHOOSE_FOLDER}"
    else:
        kind, hint = ErrorKind.UNAVAILABLE, _CHOOSE_FOLDER
    return TextNLPError(
        f"The database folder {root} cannot be used: {exc.strerror or exc} ({exc.filename or root}).",
        kind=kind,
        facts=ErrorFacts(hint=hint),
    )


def start_error(folder: ServerFolder, message: str, *, since: int) -> TextNLPError:
    """Build the error for a server or `initdb` that gave up, with the end of what it said."""
    tail = folder.log_tail(since=since)
    hint = next((hint for sign, hint in _HINTS if sign in tail), f"The whole log is {folder.log}. {_CHOOSE_FOLDER}")
    said = f" It said: {tail}" if tail else ""
    return TextNLPError(f"{message}{said}", kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint=hint))


def in_use_error(folder: ServerFolder, pid: int | None) -> TextNLPError:
    """Build the error for a folder on which a server runs that does not answer or was not started by us."""
    process = f"process {pid}" if pid is not None else "another process"
    return TextNLPError(
        f"The database folder {folder.root} is in use by a server that cannot be joined ({process}).",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint=f"End {process}, or wait until it has ended. {_CHOOSE_FOLDER}"),
    )
