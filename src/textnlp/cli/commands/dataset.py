"""`textnlp dataset …`: finished datasets, read from their folder without a platform or a network."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from textnlp.bootstrap import dataset_wiring
from textnlp.cli.dataset_folder import is_remote
from textnlp.cli.dataset_listing import (
    listed_versions,
    print_findings,
    print_row,
    print_version,
    print_versions,
    row_document,
)
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.written_page import write_page
from textnlp.domain.errors import invalid_input

_Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the dataset, or of one of its versions.")]
_Version = Annotated[str | None, typer.Option(help="Number or tag of the version; the current one where unset.")]
_Server = Annotated[str | None, typer.Option(help="Address of the platform that has it; a folder is read where unset.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_versions(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the dataset, or the dataset's id on a platform.")
    ],
    *,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """List the versions of a dataset: rows, when they were made, tags, and who deleted one."""
    if is_remote(str(directory), server):
        from textnlp.cli.catalog_listing import print_versions_of  # noqa: PLC0415  brings the client along
        from textnlp.cli.open_catalog import ask_catalog  # noqa: PLC0415  as above

        page = ask_catalog(str(directory), server, lambda catalog: catalog.datasets.list_versions(str(directory)))
        _write_json(page) if as_json else print_versions_of(page.versions)
        return
    versions, entry = dataset_wiring.list_versions(directory), dataset_wiring.read_entry(directory)
    if as_json:
        _write_json(listed_versions(versions, entry))
    else:
        print_versions(versions, entry)


def show(
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder of the dataset or of a version, or the dataset's id on a platform."),
    ],
    *,
    row: Annotated[str | None, typer.Option(help="Id of a row of any fate, such as 17 or 17.2.")] = None,
    search: Annotated[str | None, typer.Option(help="Show accepted rows with a text in any of their texts.")] = None,
    where: Annotated[str | None, typer.Option(help="Show accepted rows that meet a condition: 'score >= 3'.")] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B", help="Columns of rows that are shown.")] = None,
    rows: Annotated[int | None, typer.Option(min=1, max=500, help="Show so many accepted rows at most.")] = None,
    split: Annotated[str | None, typer.Option(help="Show rows of one split; of all where unset.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Where the page before said to go on.")] = 0,
    version: _Version = None,
    server: _Server = None,
    as_json: _Json = False,
) -> None:
    """Show a version; with --row, a row and where it is from; with --rows, --search or --where, the rows that fit."""
    wants_rows = any(each is not None for each in (search, where, columns, rows, split)) or after > 0
    if wants_rows or is_remote(str(directory), server):
        from textnlp.cli.found_rows import RowWishes, show_rows  # noqa: PLC0415  brings Polars along

        if row is not None:
            raise invalid_input("--row stands alone, and for folders.", field="row")
        wishes = RowWishes(
            search=search,
            where=where,
            columns=columns,
            rows=rows,
            split=split,
            after=after,
            version=version,
        )
        show_rows(str(directory), wishes, server=server, as_json=as_json)
        return
    folder = dataset_wiring.find_version(directory, version=version)
    if row is None:
        found = dataset_wiring.read_version(folder)
        if as_json:
            _write_json(found)
        else:
            print_version(found, folder=folder)
        return
    stored = dataset_wiring.find_row(folder, row_id=row)
    if as_json:
        _write_json(row_document(stored))
    else:
        print_row(stored)


def replay(
    directory: _Directory,
    *,
    row: Annotated[str, typer.Option(help="Id of a row of any fate, such as 17 or 17.2.")],
    version: _Version = None,
    model: Annotated[str | None, typer.Option(help="Model of aliases that name none, as for `textnlp run`.")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint that answers for models.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds the endpoint's key.")] = None,
    as_json: _Json = False,
) -> None:
    """Make a row again from its recipe, asking anew; ends with 1 where it differs from the stored one."""
    from textnlp.cli.replay_row import replay_row, show_replay  # noqa: PLC0415  brings a platform along
    from textnlp.cli.run_loop import run_interruptible  # noqa: PLC0415  as above
    from textnlp.settings import read_settings  # noqa: PLC0415  as above

    settings = read_settings(model=model, base_url=base_url, api_key_env=api_key_env)
    replayed = run_interruptible(lambda: replay_row(settings, directory, row_id=row, version=version))
    show_replay(replayed, as_json=as_json)
    if replayed.differing:
        sys.exit(ExitCode.ERROR)


def diff(
    first: Annotated[Path, typer.Argument(metavar="A", help="A dataset, one of its versions, or a file of rows.")],
    second: Annotated[
        Path | None, typer.Argument(metavar="[B]", help="What is compared with it; other versions of A where unset.")
    ] = None,
    *,
    before: Annotated[int | None, typer.Option("--from", metavar="VERSION", help="Version of A.", min=1)] = None,
    after: Annotated[int | None, typer.Option("--to", metavar="VERSION", help="Version of B, or of A.", min=1)] = None,
    key: Annotated[
        str | None,
        typer.Option(help="Column that tells rows; the id in versions of one dataset, else the whole row."),
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the comparison as a page.")] = None,
    as_json: _Json = False,
) -> None:
    """Compare two datasets: rows, columns, and how far distributions have drifted."""
    from textnlp.application.compare_datasets import compare_datasets  # noqa: PLC0415  brings Polars along
    from textnlp.bootstrap import diff_wiring  # noqa: PLC0415  as above
    from textnlp.cli.diff_listing import print_diff  # noqa: PLC0415  as above

    if second is None and before is None:
        raise invalid_input("Name another dataset, or a version of this one: --from VERSION.", field="from")
    one = diff_wiring.open_compared(first, version=before)
    other = diff_wiring.open_compared(second or first, version=after)
    found = compare_datasets(one, other, by=key or diff_wiring.row_key(one, other))
    if html is not None:
        write_page(html, diff_wiring.render_diff(found))
    if as_json:
        _write_json(found)
        return
    print_diff(found)
    if html is not None:
        typer.echo(f"The page is {html}.")


def export(
    directory: _Directory,
    *,
    form: Annotated[str, typer.Option("--format", help="chatml, alpaca, sharegpt, openai, dpo, csv or huggingface.")],
    out: Annotated[Path, typer.Option(help="Folder to write; must not be there.")],
    column: Annotated[
        list[str] | None, typer.Option(help="FIELD=COLUMN, once a field; by usual names where unset.")
    ] = None,
    version: _Version = None,
    as_json: _Json = False,
) -> None:
    """Write the accepted rows in another form; rows that do not fit are listed in skipped.jsonl."""
    columns = dict(_assignment(text) for text in column or ())
    folder = dataset_wiring.find_version(directory, version=version)
    written, skipped = dataset_wiring.export_version(folder, form=form, columns=columns, target=out)
    if as_json:
        _write_json({"folder": str(out), "rows": written, "skipped": skipped})
        return
    typer.echo(f"{written:,} rows are in {out}.")
    if skipped:
        typer.secho(f"{skipped:,} rows do not fit: {out / 'skipped.jsonl'} says why.", fg="yellow")


def push(
    directory: _Directory,
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The dataset on the Hugging Face Hub.")],
    *,
    token_env: Annotated[str, typer.Option(help="Variable that holds the Hub's token.")] = "HF_TOKEN",  # noqa: S107  its name
    is_private: Annotated[bool, typer.Option("--private/--public", help="Who may see a dataset that is made.")] = True,
    version: _Version = None,
) -> None:
    """Upload the accepted rows to the Hugging Face Hub, in the layout that `datasets.load_dataset` opens."""
    import tempfile  # noqa: PLC0415  for this command alone

    from textnlp.settings import read_secret  # noqa: PLC0415  as above

    token = read_secret(token_env)
    folder = dataset_wiring.find_version(directory, version=version)
    found = dataset_wiring.read_version(folder)
    with tempfile.TemporaryDirectory(prefix="textnlp-") as scratch:
        target = Path(scratch) / "rows"
        dataset_wiring.export_version(folder, form="huggingface", columns={}, target=target)
        message = f"{found.name}, version {found.version}"
        address = dataset_wiring.push_folder(
            target, repository=repository, token=token, is_private=is_private, message=message
        )
    typer.echo(address)


def verify(
    directory: _Directory,
    *,
    version: _Version = None,
    public_key: Annotated[
        str | None, typer.Option(help="The maker's public key in base64; else whoever signed is trusted.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Check that a version is what was signed; ends with 1 and names the files where it is not."""
    folder = dataset_wiring.find_version(directory, version=version)
    findings = dataset_wiring.verify_version(folder, public_key=public_key)
    if as_json:
        _write_json({"folder": str(folder), "is_intact": not findings, "findings": findings})
    else:
        print_findings(findings, folder=folder, is_pinned=public_key is not None)
    if findings:
        raise typer.Exit(ExitCode.ERROR)


def _assignment(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not (field and sign and column):
        raise invalid_input(f"--column {text!r} is not FIELD=COLUMN.", field="column")
    return field, column


def _write_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
