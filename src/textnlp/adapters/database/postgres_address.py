"""Where clients find an embedded server: a socket in its folder, or a port on the loopback interface."""

import os
import socket
from pathlib import Path
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
SUPERUSER = "textnlp"

_DATABASE = "postgres"
_SOCKET_NAME = ".s.PGSQL.5432"
_MOST_PATH_BYTES = 103
"""What a socket's address holds on macOS, without its closing zero; Linux holds 107."""


def fits_socket(sockets: Path) -> bool:
    """Whether a socket in that folder has a path that the system can hold and a connection string can name."""
    path = os.fsencode(sockets / _SOCKET_NAME)
    return len(path) <= _MOST_PATH_BYTES and b"," not in path


def socket_url(sockets: Path) -> str:
    """Return the connection string for the socket; it carries no password, the folder is the guard."""
    return f"postgresql://{SUPERUSER}@/{_DATABASE}?host={quote(str(sockets), safe='')}&port=5432"


def loopback_url(port: int, password: str) -> str:
    """Return the connection string for the port; a server that does not prove to know the password is refused."""
    return (
        f"postgresql://{SUPERUSER}:{quote(password, safe='')}@{LOOPBACK}:{port}/{_DATABASE}"
        "?require_auth=scram-sha-256&sslmode=disable&gssencmode=disable"
    )


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def find_free_port() -> int:
    """Return a port that was free a moment ago; the server may still find it taken."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def address_settings(*, sockets: str | None, port: int | None) -> dict[str, str]:
    """Return the server's settings for one of the two ways in; the other one is closed."""
    if sockets is None:
        return {"listen_addresses": LOOPBACK, "port": str(port), "unix_socket_directories": ""}
    quoted = '"' + sockets.replace('"', '""') + '"'
    return {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": quoted,
        "unix_socket_permissions": "0700",
    }


SERVER_SETTINGS = {
    "cluster_name": "textnlp",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "huge_pages": "off",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    # Helpers that a single machine with small tables does not need; each would be a process or shared memory.
    "io_method": "sync",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_logical_replication_workers": "0",
    "autovacuum_max_workers": "2",
    "jit": "off",
    # Every commit is on disk before it is answered.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Bulk loads are long runs of WAL: let checkpoints be rare, and recycle what the files hold.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    # A client that was killed must not hold locks while the server works on for it.
    "client_connection_check_interval": "1s",
    "idle_in_transaction_session_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log tells of the server, not of clients' statements: those would put users' data into it.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_lock_waits": "off",
    "log_line_prefix": "%m [%p] ",
}
"""Settings of every embedded server, given on its command line so that no edited file can contradict them."""
