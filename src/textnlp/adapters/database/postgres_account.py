"""Under whose account the embedded server runs, and what that account can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_ACCOUNTS_FOR_ROOT = ("textnlp", "nobody")
"""Accounts that root may run the server under; none is ever created."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group, by number; `is_other` where it is not the one this process runs under."""

    uid: int
    gid: int
    is_other: bool


def choose_account(folder: Path, cluster: Path) -> Account:
    """Return the account for the server whose cluster lies, or will lie, in `folder`.

    It is the account of this process. PostgreSQL refuses to run as root, so for root it is the owner of the cluster
    or of the folder, else `textnlp` or `nobody`. Raises `FORBIDDEN` where the cluster belongs to somebody else, and
    `UNAVAILABLE` where root finds no account.
    """
    uid = os.geteuid()
    owner = cluster.stat() if cluster.exists() else None
    if uid != 0:
        if owner is not None and owner.st_uid != uid:
            raise TextNLPError(
                f"The database in {folder} belongs to {_account_name(owner.st_uid)}, not to {_account_name(uid)}.",
                kind=ErrorKind.FORBIDDEN,
                facts=ErrorFacts(hint="Run as its owner, or choose another folder with TEXTNLP_DATA_DIR."),
            )
        return Account(uid, os.getegid(), is_other=False)
    if owner is not None:
        return Account(owner.st_uid, owner.st_gid, is_other=True)
    status = folder.stat()
    if status.st_uid != 0 and _has_entry(status.st_uid):
        return Account(status.st_uid, status.st_gid, is_other=True)
    return _account_for_root()


def can_reach(account: Account, path: Path, *, wanted: int) -> bool:
    """Whether the permission bits let the account pass every folder above `path` and use it as `wanted` says.

    Args:
        account: whose access is asked for; only its main group counts.
        path: an existing path without symbolic links.
        wanted: `os.R_OK` and `os.X_OK`, joined by `|`.
    """
    return all(_allows(account, folder, os.X_OK) for folder in path.parents) and _allows(account, path, wanted)


def _account_for_root() -> Account:
    for name in _ACCOUNTS_FOR_ROOT:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise TextNLPError(
        "PostgreSQL does not run as root, and there is no account named textnlp or nobody to run it under.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint="Run as an ordinary user, or set DATABASE_URL to a PostgreSQL of version 15 or later."),
    )


def _allows(account: Account, path: Path, wanted: int) -> bool:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid == account.uid:
        mode >>= 6
    elif status.st_gid == account.gid:
        mode >>= 3
    return mode & wanted == wanted


def _has_entry(uid: int) -> bool:
    """Whether the system knows an account by that number, without which `initdb` refuses to work."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _account_name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name if _has_entry(uid) else f"user {uid}"
