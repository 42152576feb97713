"""Writes the modules of src/textnlp/client that follow from the OpenAPI document; --check tells which are stale."""

import argparse
import subprocess
import sys
from functools import cache
from pathlib import Path

import msgspec
from ruff import find_ruff_bin
from tools.client_source import MARK, RENEW, client_modules

from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "src" / "textnlp" / "client"


@cache
def rendered() -> dict[str, str]:
    """Return every module as it should be on disk, by its file name."""
    document = msgspec.to_builtins(openapi_document(ROUTES))
    return {name: _formatted(source, name) for name, source in sorted(client_modules(document).items())}


def stale_modules(directory: Path) -> list[str]:
    """List the modules that are missing from `directory`, say something else, or follow from nothing."""
    modules = rendered()
    stale = [name for name, source in modules.items() if _text(directory / name) != source]
    return [*stale, *(path.name for path in _made(directory) if path.name not in modules)]


def write_modules(directory: Path) -> None:
    """Write every module into `directory`, and remove those that follow from nothing any more."""
    modules = rendered()
    for path in _made(directory):
        if path.name not in modules:
            path.unlink()
    for name, source in modules.items():
        (directory / name).write_text(source, encoding="utf-8")


def _made(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.glob("*.py")) if _text(path).startswith(MARK)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _formatted(source: str, name: str) -> str:
    place = str(CLIENT / name)
    for arguments in (["check", "--fix", "--quiet", "--select", "I"], ["format", "--quiet"]):
        command = [find_ruff_bin(), *arguments, "--no-cache", "--stdin-filename", place, "-"]
        source = subprocess.run(command, input=source, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return source


def main() -> int:
    """Write the modules, or look whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a module is stale")
    if not parser.parse_args().check:
        write_modules(CLIENT)
        return 0
    stale = stale_modules(CLIENT)
    for name in stale:
        print(f"src/textnlp/client/{name} is not what the document says; renew it: {RENEW}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
