"""`textnlp dataset …`: tags, facts, history and deletion, of a folder or of a dataset of a platform."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from textnlp.cli.catalog_listing import (
    print_events,
    print_facts,
    print_lineage,
    print_tombstone,
)
from textnlp.cli.local_catalog import LocalCatalog
from textnlp.cli.open_catalog import ask_catalog
from textnlp.cli.run_loop import run_interruptible
from textnlp.client.dataset_catalog import (
    DatasetFactsChange,
    DatasetRollback,
    DatasetTagSet,
)
from textnlp.domain.errors import invalid_input

_Result = TypeVar("_Result")

_Place = Annotated[str, typer.Argument(metavar="DATASET", help="Folder of the dataset, or its id on a platform.")]
_Server = Annotated[str | None, typer.Option(help="Address of the platform; a folder is read where unset.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Why = Annotated[str | None, typer.Option(help="Why; the history keeps it.")]
_Reason = Annotated[str, typer.Option("--why", help="Why; the history keeps it.")]


def tag(
    dataset: _Place,
    name: Annotated[str, typer.Argument(metavar="TAG", help="The name, such as gold.")],
    *,
    version: Annotated[int, typer.Option(min=1, help="The version that it is to name.")],
    is_moved: Annotated[bool, typer.Option("--move", help="Take it from another version.")] = False,
    why: _Why = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Give a version of a dataset a name that other commands take in place of its number."""
    asked = DatasetTagSet(version=version, move=is_moved, why=why)
    facts = ask_catalog(dataset, server, lambda catalog: catalog.said.tag_version(dataset, name, asked))
    _show(facts, print_facts, as_json=as_json)


def untag(
    dataset: _Place,
    name: Annotated[str, typer.Argument(metavar="TAG", help="The name.")],
    *,
    why: _Why = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Remove a tag; the version that it names stays."""
    facts = ask_catalog(dataset, server, lambda catalog: catalog.said.remove_tag(dataset, name, why=why))
    _show(facts, print_facts, as_json=as_json)


def rollback(
    dataset: _Place,
    *,
    why: _Reason,
    to: Annotated[int | None, typer.Option(min=1, help="An earlier version; the one before where unset.")] = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Let an earlier version be the current one, which is read where none is named; no file changes."""
    asked = DatasetRollback(why=why, version=to)
    facts = ask_catalog(dataset, server, lambda catalog: catalog.said.roll_back(dataset, asked))
    _show(facts, print_facts, as_json=as_json)


def delete(
    dataset: _Place,
    *,
    version: Annotated[int, typer.Option(min=1, help="Which version.")],
    why: _Reason,
    is_forced: Annotated[bool, typer.Option("--force", help="In spite of tags, a hold or a time to keep it.")] = False,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Remove the files of a version and leave a tombstone, which says what it held and who deleted it."""
    stone = ask_catalog(
        dataset,
        server,
        lambda door: door.datasets.delete_version(dataset, str(version), why=why, force=is_forced),
    )
    _show(stone, print_tombstone, as_json=as_json)


def facts(
    dataset: _Place,
    *,
    description: Annotated[str | None, typer.Option(help="What the dataset is.")] = None,
    license_name: Annotated[str | None, typer.Option("--license", help="An SPDX license expression.")] = None,
    keep_until: Annotated[str | None, typer.Option(metavar="TIME", help="Keep versions until then (ISO 8601).")] = None,
    keep_days: Annotated[int | None, typer.Option(min=0, help="Keep each version for so many days.")] = None,
    hold: Annotated[str | None, typer.Option(metavar="WHY", help="Let nothing be deleted until it is cleared.")] = None,
    clear: Annotated[
        list[str] | None, typer.Option(metavar="FACT", help="Say no more: description, license, hold, keep_until, …")
    ] = None,
    why: _Why = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Show what is said of a dataset; with options, change it first."""
    given: dict[str, Any] = {
        "description": description,
        "license": license_name,
        "keep_until": None if keep_until is None else _moment(keep_until).isoformat(),
        "keep_days": keep_days,
        "hold": hold,
        "clear": clear,
    }
    given = {name: value for name, value in given.items() if value}
    if keep_days == 0:
        given["keep_days"] = 0
    asked = _change({**given, "why": why})
    found = ask_catalog(
        dataset,
        server,
        lambda catalog: catalog.said.change_facts(dataset, asked) if given else catalog.said.show_facts(dataset),
    )
    _show(found, print_facts, as_json=as_json)


def history(
    dataset: _Place,
    *,
    after: Annotated[int, typer.Option(min=0, help="Events that are passed over.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Events at most.")] = 100,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """List who moved tags, rolled back, changed facts or deleted versions, when and why."""
    page = ask_catalog(dataset, server, lambda catalog: catalog.said.list_events(dataset, after=after, limit=limit))
    _show(page, lambda found: print_events(found.events), as_json=as_json)


def lineage(
    dataset: _Place,
    *,
    version: Annotated[str, typer.Option(help="Number or tag of the version.")] = "current",
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Show the recipe, the seeds, the models and the earlier version that a version is from."""
    found = ask_catalog(dataset, server, lambda catalog: catalog.said.show_lineage(dataset, version))
    _show(found, print_lineage, as_json=as_json)


def sweep(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the dataset.")], *, as_json: _Json = False
) -> None:
    """Delete the versions of a folder whose time is over and that nothing protects, as platforms do by themselves."""
    deleted = run_interruptible(lambda: LocalCatalog(directory).sweep())
    if as_json:
        _write({"deleted": deleted})
        return
    names = ", ".join(f"version {number}" for number in deleted)
    typer.echo(f"Deleted: {names}." if names else "No version's time is over.")


def _change(given: dict[str, Any]) -> DatasetFactsChange:
    try:
        return msgspec.convert(given, DatasetFactsChange)
    except msgspec.ValidationError as exc:
        raise invalid_input(f"--clear takes description, license, hold, keep_until or keep_days: {exc}") from exc


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise invalid_input(f"{text!r} is no time in ISO 8601, such as 2027-01-31.", field="keep_until") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _show(value: _Result, show: Callable[[_Result], None], *, as_json: bool) -> None:
    if as_json:
        _write(value)
    else:
        show(value)


def _write(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
