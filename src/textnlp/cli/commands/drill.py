"""`textnlp drill run …`: what an emergency asks for, tried out on a scratch copy."""

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from textnlp.bootstrap.restore_wiring import read_new_place
from textnlp.cli.backup_listing import print_drill, print_json, restoration_document
from textnlp.cli.local_backups import LocalBackups
from textnlp.cli.run_loop import run_interruptible
from textnlp.settings import read_settings


class Drill(StrEnum):
    """The drills that there are."""

    DISASTER_RECOVERY = "dr"


def run(
    drill: Annotated[Drill, typer.Argument(help="dr: the platform is lost, and restored from a backup.")],
    *,
    scratch: Annotated[Path | None, typer.Option(help="Folder for the copy, which is removed in the end.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Folder or storage account of the backups.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the platform, as `up` was given it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take a backup, restore it to a scratch copy, verify that, and print RPO and RTO; the platform may go on."""
    backups = LocalBackups(settings=read_settings(data_dir=data_dir), at=at, is_quiet=as_json)
    with tempfile.TemporaryDirectory(prefix=f"textnlp-drill-{drill.value}-", dir=scratch) as folder:
        place = read_new_place(str(Path(folder) / "restored"), blobs=None)
        report = run_interruptible(lambda: backups.drill(place))
    if not as_json:
        print_drill(report)
        return
    print_json(
        {
            "drill": drill.value,
            "recovery_point_seconds": round(report.recovery_point, 3),
            "recovery_time_seconds": round(report.recovery_time, 3),
            "create_seconds": round(report.create, 3),
            "verify_seconds": round(report.verify, 3),
            "age_before_seconds": report.age_before,
            "restored": restoration_document(report.restoration),
        }
    )
