"""Make a cluster where there is none, and start a server on it."""

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.database.postgres_account import Account, choose_account
from textnlp.adapters.database.postgres_address import (
    SERVER_SETTINGS,
    SUPERUSER,
    address_settings,
    find_free_port,
    fits_socket,
    is_free,
    loopback_url,
    socket_url,
)
from textnlp.adapters.database.postgres_binaries import PostgresBinaries, binaries_for, find_binaries
from textnlp.adapters.database.postgres_errors import start_error
from textnlp.adapters.database.postgres_files import (
    ServerFolder,
    hand_over,
    names_for,
    open_log,
    read_password,
    remove_server_traces,
)
from textnlp.adapters.database.postmaster import Postmaster

_INITDB_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Launch:
    """A server that was started and does not answer yet; its own part of the log begins at `log_offset`."""

    postmaster: Postmaster
    url: str
    log_offset: int


def start_server(folder: ServerFolder, server_lock: int) -> Launch:
    """Start a server on the folder; it inherits `server_lock`, which the caller holds and may close afterwards.

    Blocks for the third of a second that a cluster takes to be made, else for a few milliseconds. A cluster appears
    whole or not at all. Raises `OSError` and `TextNLPError`.
    """
    account = choose_account(folder.root, folder.cluster)
    binaries = binaries_for(account, find_binaries(major=folder.read_major()))
    remove_server_traces(folder)
    hand_over(folder.sockets, account)
    with open_log(folder) as log:
        log_offset = os.fstat(log).st_size
        if not folder.cluster.exists():
            _make_cluster(folder, account, binaries=binaries, log=log)
        port = None if fits_socket(folder.sockets) else _choose_port(folder)
        with names_for(account, folder.cluster, folder.sockets) as ((cluster, sockets), inherited):
            settings = SERVER_SETTINGS | address_settings(sockets=None if port else sockets, port=port)
            command = [str(binaries.postgres), "-D", cluster]
            command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            postmaster = Postmaster(command, account=account, log=log, inherited=(server_lock, *inherited))
            postmaster.start()
    return Launch(postmaster, url_for(folder, port), log_offset)


def url_for(folder: ServerFolder, port: int | None) -> str:
    """Return the connection string of the server in `folder`, which listens on `port` or on its socket."""
    if port is None:
        return socket_url(folder.sockets)
    return loopback_url(port, read_password(folder))


def _choose_port(folder: ServerFolder) -> int:
    """Return the port that the server had last, since other processes connect to it, or another where it is taken."""
    with contextlib.suppress(OSError, ValueError):
        port = int(folder.port.read_text("ascii"))
        if is_free(port):
            return port
    port = find_free_port()
    folder.port.write_text(str(port), "ascii")
    return port


def _make_cluster(folder: ServerFolder, account: Account, *, binaries: PostgresBinaries, log: int) -> None:
    password = read_password(folder)
    hand_over(folder.unfinished_cluster, account)
    password_file = folder.sockets / "password"
    log_offset = os.fstat(log).st_size
    try:
        _write_for(account, password_file, password)
        with names_for(account, folder.unfinished_cluster, folder.sockets) as ((cluster, sockets), inherited):
            done = subprocess.run(
                [
                    str(binaries.initdb),
                    *("-D", cluster, "-U", SUPERUSER, f"--pwfile={sockets}/password"),
                    *("--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--no-locale"),
                    *("--no-sync", "--no-instructions"),
                ],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
                pass_fds=inherited,
                timeout=_INITDB_SECONDS,
                umask=0o077,
                user=account.uid if account.is_other else None,
                group=account.gid if account.is_other else None,
                extra_groups=[] if account.is_other else None,
            )
    except subprocess.SubprocessError as exc:
        raise start_error(folder, f"The database cluster could not be made: {exc}.", since=log_offset) from exc
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise start_error(folder, "The database cluster could not be made.", since=log_offset)
    folder.unfinished_cluster.rename(folder.cluster)


def _write_for(account: Account, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        if account.is_other:
            os.fchown(descriptor, account.uid, account.gid)
    finally:
        os.close(descriptor)
