"""A PostgreSQL with a copy of itself, as the two regions have: written to in one, and followed by the other."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from textnlp.adapters.database.postgres_account import choose_account
from textnlp.adapters.database.postgres_address import find_free_port
from textnlp.adapters.database.postgres_binaries import binaries_for, find_binaries

_SUPERUSER = "textnlp"
_QUICK = ("-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", "wal_level=replica")


class ReplicatedDatabase:
    """A primary and its replica; `url` names both, and leads to the one that takes writes."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="textnlp-pair-"))
        account = choose_account(self._folder, self._folder / "primary")
        os.chown(self._folder, account.uid, account.gid)
        self._user = account.uid if account.is_other else None
        self._programs = binaries_for(account, find_binaries()).root / "bin"
        self._ports = {"primary": find_free_port(), "replica": find_free_port()}

    @property
    def url(self) -> str:
        """Where the database is, wherever that is at the moment."""
        places = ",".join(f"127.0.0.1:{port}" for port in self._ports.values())
        return f"postgresql://{_SUPERUSER}@{places}/postgres?target_session_attrs=read-write"

    def start(self) -> None:
        """Make both, and have the copy follow."""
        self._run("initdb", "-D", "primary", "-U", _SUPERUSER, "--auth=trust", "--no-sync", "--no-instructions")
        self._serve("primary")
        source = f"host=127.0.0.1 port={self._ports['primary']} user={_SUPERUSER}"
        self._run("pg_basebackup", "-D", "replica", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", source)
        self._serve("replica")

    def lose_primary(self) -> None:
        """End the primary as a region ends: at once."""
        self._run("pg_ctl", "-D", "primary", "-m", "immediate", "-W", "stop")

    def promote(self) -> None:
        """Have the replica take writes; return once it does."""
        with psycopg.connect(self._address("replica"), autocommit=True) as connection:
            promoted = connection.execute("select pg_promote(wait_seconds => 60)").fetchone()
        assert promoted == (True,)

    def stored_rows(self, which: str) -> int:
        """Return how many rows of batches one of the two holds."""
        with psycopg.connect(self._address(which)) as connection:
            found = connection.execute("select count(*) from textnlp.batch_rows").fetchone()
        assert found is not None
        return found[0]

    def close(self) -> None:
        """End both, and remove them."""
        for name in self._ports:
            if (self._folder / name / "postmaster.pid").exists():
                self._run("pg_ctl", "-D", name, "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _address(self, which: str) -> str:
        return f"host=127.0.0.1 port={self._ports[which]} user={_SUPERUSER} dbname=postgres"

    def _serve(self, name: str) -> None:
        options = " ".join([*_QUICK, "-p", str(self._ports[name]), "-k", str(self._folder)])
        self._run("pg_ctl", "-D", name, "-w", "-l", f"{name}.log", "-o", options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments],
            cwd=self._folder,
            user=self._user,
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )
