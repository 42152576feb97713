"""Runs checkov, and holds its findings against written reasons.

The scanner has an environment of its own inside the project's, since its requirements are narrower than ours. A finding
needs a reason, or it fails; so does a reason that no finding needs.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

CHECKOV = "checkov==3.3.30"
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check may fail for the resources whose name, as the scanner writes it, fits one of the patterns."""

    check: str
    resources: tuple[str, ...]
    reason: str


def faults(findings: Iterable[tuple[str, str, str]], reasons: Iterable[Reason], *, kept_in: str) -> list[str]:
    """Return findings without a reason, and reasons without a finding: its check, its resource, and what it means."""
    left: list[str] = []
    used: set[Reason] = set()
    known = list(reasons)
    for check, resource, meaning in findings:
        fitting = [r for r in known if r.check == check and any(fnmatch(resource, each) for each in r.resources)]
        used.update(fitting)
        if not fitting:
            left.append(f"{check} {resource}: {meaning}; mend it, or say why not in {kept_in}")
    left += [f"{each.check}: nothing needs its reason any more" for each in known if each not in used]
    return sorted(set(left))


def scan(folder: Path, *, framework: str, reasons: Iterable[Reason], kept_in: str) -> int:
    """Scan a folder, print what is wrong, and return the exit code."""
    options = ("--framework", framework, "--quiet", "--compact", "--skip-download", "--soft-fail")
    report = json.loads(run(_scanner(), "--directory", folder, *options, "--output", "json"))
    passed, found = _results(report)
    wrong = faults(found, reasons, kept_in=kept_in)
    print("\n".join(wrong) or f"{framework}: {passed} checks passed; {len(found)} findings, each with a reason.")
    return 1 if wrong or not passed else 0


def _results(report: Any) -> tuple[int, list[tuple[str, str, str]]]:
    reports = cast("list[Mapping[str, Any]]", report if isinstance(report, list) else [report])
    failed = [each for one in reports for each in one["results"]["failed_checks"]]
    found = [(each["check_id"], each["resource"], each["check_name"]) for each in failed]
    return sum(one["summary"]["passed"] for one in reports), found


def _scanner() -> Path:
    """Return the scanner, after it was put into its environment where it is not there."""
    folder = Path(sys.prefix) / "scan"
    command, uv = folder / "bin" / "checkov", Path(sys.executable).with_name("uv")
    mark = folder / CHECKOV
    if not mark.exists():
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder)
        run(uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", CHECKOV)
        mark.touch()
    return command


def run(*command: str | Path) -> str:
    """Return what a command printed; end with what it said where it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout
