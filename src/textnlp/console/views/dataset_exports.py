"""Exports: the accepted rows of a version in every form, as one file that is written while it is sent."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from litestar import Request, Response, get
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath
from litestar.response import Stream

from textnlp.api.dataset_version import find_dataset_version
from textnlp.api.openapi import described
from textnlp.bootstrap.dataset_wiring import export_version
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.console.views.dataset_versions import VERSION, version_head
from textnlp.console.views.datasets import SECTION
from textnlp.console.zipped import zip_pieces
from textnlp.domain.datasets.layout import lines_path, table_path
from textnlp.domain.errors import invalid_input
from textnlp.domain.files.attachment import as_attachment
from textnlp.domain.recipes.output import ExportFormat
from textnlp.topology.scopes import READ

_ZIP = "application/zip"
_FORMS = {
    "chatml": "ChatML: a list of messages a line",
    "openai": "OpenAI fine-tuning: messages a line",
    "sharegpt": "ShareGPT: conversations with from and value",
    "alpaca": "Alpaca: instruction, input, output",
    "dpo": "DPO: prompt, chosen, rejected",
    "csv": "CSV, a file a split",
    "huggingface": "Hugging Face Hub: Parquet with a card",
}


class ExportQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The form, and which column stands for which field of it: `instruction=question, output=answer`."""

    form: Annotated[str, msgspec.Meta(max_length=32)]
    columns: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


@get(f"{VERSION}/export", opt=described(grant=READ))
async def show_exports(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show the forms that the rows can be had in, and the files of the version."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    manifest = await found.read()
    return page(
        request,
        "datasets/export.html",
        section=SECTION,
        title=f"Export {manifest.name}, version {found.number}",
        **version_head(found, manifest, tab="export"),
        forms=[(form, _FORMS.get(form, form)) for form in get_args(ExportFormat)],
        plain=[manifest.file(path(split)) for split in manifest.splits for path in (lines_path, table_path)],
    )


@get(f"{VERSION}/export.zip", opt=described(grant=READ))
async def fetch_export(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[Any]:
    """Answer with the rows in a form, a file a split, with those that do not fit in `skipped.jsonl`."""
    asked = read_filters(request, ExportQuery)
    columns = _columns(asked.columns)
    found = await find_dataset_version(request.scope, dataset_id, version)
    scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="textnlp-export-"))
    try:
        target = scratch / "rows"
        await asyncio.to_thread(lambda: export_version(found.folder, form=asked.form, columns=columns, target=target))
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        raise
    pieces = zip_pieces(target)

    async def clean_up() -> None:
        await pieces.aclose()
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)

    name = f"{found.run.name}-v{found.number}-{asked.form}.zip"
    return Stream(
        pieces,
        media_type=_ZIP,
        headers={"Content-Disposition": as_attachment(name)},
        background=BackgroundTask(clean_up),
    )


def _columns(text: str) -> dict[str, str]:
    """Return `FIELD=COLUMN` pairs with commas or lines between; raises `INVALID_INPUT` for what is none."""
    found: dict[str, str] = {}
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        field, sign, column = (each.strip() for each in part.partition("="))
        if not (field and sign and column):
            raise invalid_input(f"{part.strip()!r} is not FIELD=COLUMN.", field="columns")
        found[field] = column
    return found


PAGES = (show_exports, fetch_export)
