"""The folder of an embedded server: what lies in it and who may touch it."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.database.postgres_account import Account, can_reach
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_LOG_BYTES = 8 << 20
_TAIL_LINES = 12
_TAIL_BYTES = 8192


@dataclass(frozen=True, slots=True)
class PostmasterFile:
    """What a running server says of itself in `postmaster.pid`; the port is None until it listens."""

    pid: int
    port: int | None


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """Names the parts of `root`, an absolute path without symbolic links.

    The cluster and the sockets belong to the account that the server runs under, each with mode 0700; everything else
    belongs to whoever starts the server, so that root never writes where another account could plant a link.
    """

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory, there only when it is whole."""
        return self.root / "cluster"

    @property
    def unfinished_cluster(self) -> Path:
        """A cluster that is being made."""
        return self.root / "cluster.unfinished"

    @property
    def sockets(self) -> Path:
        """Where the server puts its socket."""
        return self.root / "sockets"

    @property
    def password(self) -> Path:
        """The server's password, needed only over TCP."""
        return self.root / "password"

    @property
    def port(self) -> Path:
        """The port that the server had last, so that it has the same after a restart."""
        return self.root / "port"

    @property
    def log(self) -> Path:
        """What the server and `initdb` say."""
        return self.root / "postgres.log"

    @property
    def start_lock(self) -> Path:
        """Held while a server is being started or stopped."""
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by the processes that use the server."""
        return self.root / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Inherited by the server and all its children: free only when the last of them is gone."""
        return self.root / "server.lock"

    def read_postmaster(self) -> PostmasterFile | None:
        """Return what `postmaster.pid` says, or None where it is missing or half written."""
        with contextlib.suppress(OSError, ValueError):
            lines = (self.cluster / "postmaster.pid").read_text("utf-8", "replace").splitlines()
            if lines:
                return PostmasterFile(int(lines[0]), int(lines[3]) if len(lines) > 3 else None)  # noqa: PLR2004  # file format
        return None

    def read_major(self) -> int | None:
        """Return the version of PostgreSQL that made the cluster, or None where there is none."""
        if not self.cluster.exists():
            return None
        try:
            return int((self.cluster / "PG_VERSION").read_text("ascii"))
        except (OSError, ValueError) as exc:
            raise TextNLPError(
                f"{self.cluster} is not a database cluster: its PG_VERSION cannot be read.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Restore it from a backup, or move it away to begin with an empty database."),
            ) from exc

    def log_tail(self, *, since: int) -> str:
        """Return the last lines written to the log after its first `since` bytes, joined by blanks."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(since, size - _TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()
            return " | ".join(line.strip() for line in lines[-_TAIL_LINES:] if line.strip())
        return ""


def make_folder(root: Path) -> ServerFolder:
    """Make the folder where it is missing; one that is there keeps its mode. Raises `OSError`."""
    root.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    return ServerFolder(root.resolve(strict=True))


def hand_over(path: Path, account: Account) -> None:
    """Make `path` a folder that only `account` can enter, keeping what lies in it."""
    path.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if account.is_other:
            _give(descriptor, account)
        os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)


def _give(descriptor: int, account: Account) -> None:
    try:
        os.fchown(descriptor, account.uid, account.gid)
    except OSError as exc:
        raise TextNLPError(
            f"PostgreSQL does not run as root, and this root may not act as another account: {exc.strerror}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server."),
        ) from exc


def remove_server_traces(folder: ServerFolder) -> None:
    """Remove what a killed server left behind and a later process with its number would make look alive."""
    (folder.cluster / "postmaster.pid").unlink(missing_ok=True)
    for left in folder.sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)
    shutil.rmtree(folder.unfinished_cluster, ignore_errors=True)


@contextlib.contextmanager
def open_log(folder: ServerFolder) -> Generator[int]:
    """Open the log for appending, having set a long one aside."""
    if folder.log.exists() and folder.log.stat().st_size > _LOG_BYTES:
        folder.log.replace(folder.log.with_suffix(".log.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(folder.log, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read_password(folder: ServerFolder) -> str:
    """Return the server's password; make one for a cluster that is yet to be made."""
    try:
        return folder.password.read_text("ascii")
    except FileNotFoundError:
        if folder.cluster.exists():
            raise TextNLPError(
                f"{folder.password} is gone, and without it the database cannot be entered over TCP.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Restore the file, or move the data folder to a shorter path."),
            ) from None
    password = secrets.token_urlsafe(24)
    unfinished = folder.password.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_text(password, "ascii")
    unfinished.replace(folder.password)
    return password


@contextlib.contextmanager
def names_for(account: Account, *folders: Path) -> Generator[tuple[list[str], tuple[int, ...]]]:
    """Yield names under which a child running as `account` reaches folders of its own, and files it must inherit.

    Where the account cannot pass the folders above, as under a home with mode 0700, the names go through descriptors
    that the child inherits: Linux resolves `/proc/self/fd/N` without asking for leave on the way. So the data stay
    where the user wants them. Raises `FORBIDDEN` on systems that have no such names.
    """
    if all(can_reach(account, folder, wanted=os.R_OK | os.X_OK) for folder in folders) or not account.is_other:
        yield [str(folder) for folder in folders], ()
        return
    if not Path("/proc/self/fd").is_dir():
        raise TextNLPError(
            f"The account that PostgreSQL runs under cannot reach {folders[0]}.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Run as an ordinary user, or choose a folder outside your home: TEXTNLP_DATA_DIR."),
        )
    descriptors = tuple(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for folder in folders)
    try:
        yield [f"/proc/self/fd/{descriptor}" for descriptor in descriptors], descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
