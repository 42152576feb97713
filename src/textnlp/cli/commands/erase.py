"""`textnlp erase …`: find what is kept of a person, erase it, and check that it stays so."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from textnlp.application.erasure.erase_person import check_certificate, erase_person, search_person
from textnlp.bootstrap.erasure_wiring import open_erasure
from textnlp.cli.backup_listing import print_json
from textnlp.cli.erasure_listing import print_certificate, print_check, print_found
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.erasure.certificate import SignedCertificate, decode_certificate, encode_certificate
from textnlp.domain.erasure.terms import SearchTerms, read_terms
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.ports.erasable_place import Found
from textnlp.settings import Settings, read_settings

_MOST_BYTES = 1 << 20

_Terms = Annotated[
    str | None, typer.Option("--terms", help="File of terms, a line each; - reads them from standard input.")
]
_Term = Annotated[
    list[str] | None, typer.Option("--term", help="A term; others on this machine can see it while the command runs.")
]
_DataDir = Annotated[Path | None, typer.Option(help="Folder of the platform, as `up` was given it.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def person(
    *,
    terms: _Terms = None,
    term: _Term = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it nothing is changed.")] = False,
    certificate: Annotated[
        Path | None, typer.Option(help="Where the certificate goes; a file in the folder erasures where unset.")
    ] = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Show where a person is named by e-mail address, name, client's id or any text; with --yes, erase it there."""
    settings, sought = read_settings(data_dir=data_dir), _read_terms(terms, term)
    if not yes:
        found = run_interruptible(lambda: _search(settings, sought))
        if as_json:
            print_json(found)
        else:
            print_found(found, is_rehearsal=True)
        return
    signed = run_interruptible(lambda: _erase(settings, sought))
    path = certificate or settings.data_dir / "erasures" / f"{signed.certificate.id}.json"
    _write(path, signed)
    if as_json:
        print_json(signed)
    else:
        print_certificate(signed.certificate, path)


def verify(
    certificate: Annotated[Path, typer.Argument(help="The certificate of an erasure.")],
    *,
    terms: _Terms = None,
    term: _Term = None,
    data_dir: _DataDir = None,
    as_json: _Json = False,
) -> None:
    """Check the signature of a certificate and search again; exit code 1 where something is wrong or found."""
    settings, sought = read_settings(data_dir=data_dir), _read_terms(terms, term)
    signed = decode_certificate(_read(certificate))

    async def check() -> tuple[tuple[str, ...], Found]:
        async with open_erasure(settings) as ports:
            checked = await check_certificate(ports, signed, sought)
            return checked.faults, checked.found

    faults, found = run_interruptible(check)
    if as_json:
        print_json({"faults": faults, "found": msgspec.to_builtins(found)})
    else:
        print_check(faults, found, signed.certificate)
    if faults or found.counts:
        sys.exit(ExitCode.ERROR)


async def _search(settings: Settings, terms: SearchTerms) -> Found:
    async with open_erasure(settings) as ports:
        return await search_person(ports, terms)


async def _erase(settings: Settings, terms: SearchTerms) -> SignedCertificate:
    with Console(stderr=True).status("Erasing …"):
        async with open_erasure(settings) as ports:
            return await erase_person(ports, terms)


def _read_terms(named: str | None, given: list[str] | None) -> SearchTerms:
    lines = list(given or ())
    if named is not None:
        data = sys.stdin.buffer.read(_MOST_BYTES) if named == "-" else _read(Path(named))
        try:
            lines += data.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise invalid_input("The terms are no UTF-8 text.", field="terms") from None
    return read_terms(lines)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as exc:
        raise TextNLPError(f"Cannot read {path}: {exc.strerror}.", kind=ErrorKind.NOT_FOUND) from exc


def _write(path: Path, signed: SignedCertificate) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_certificate(signed))
    except OSError as exc:
        message = f"Everything was erased, but the certificate cannot be written to {path}: {exc.strerror}."
        raise TextNLPError(message, kind=ErrorKind.UNAVAILABLE) from exc
