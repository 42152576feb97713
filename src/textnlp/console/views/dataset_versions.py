"""A version of a dataset: what it holds, whether it is what was signed, its card, its report, and its files."""

import asyncio
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.dataset_version import FoundVersion, answer_version_file, find_dataset_version
from textnlp.api.openapi import described
from textnlp.bootstrap.dataset_wiring import verify_version
from textnlp.console.framed import framed
from textnlp.console.markdown import MOST_CHARACTERS, render_markdown
from textnlp.console.page import fragment, is_fragment_wanted, page
from textnlp.console.shown_value import shown_value
from textnlp.console.views.datasets import DATASET, SECTION
from textnlp.domain.catalog.rules import kept_until, protections
from textnlp.domain.datasets.layout import CARD, MANIFEST, REPORT, SIGNATURE
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.errors import not_found
from textnlp.topology.scopes import READ

VERSION = f"{DATASET}/versions/{{version:str}}"
_MOST_REPORT_BYTES = 20 << 20


@get(VERSION, opt=described(grant=READ))
async def show_version(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show what a version holds, as its signed manifest says."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    return await _shown(request, found, findings=None)


@post(f"{VERSION}/verify", opt=described(grant=READ))
async def verify(request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]) -> Response[str]:
    """Compare every file with what was signed, and tell what is wrong."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    findings = await asyncio.to_thread(verify_version, found.folder)
    if is_fragment_wanted(request):
        return fragment(request, "datasets/findings.html", findings=findings)
    return await _shown(request, found, findings=findings)


@get(f"{VERSION}/card", opt=described(grant=READ))
async def show_card(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show the card of a version."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    manifest = await found.read()
    text = "" if manifest.file(CARD) is None else await asyncio.to_thread(_read_card, found.folder / CARD)
    return page(
        request,
        "datasets/card.html",
        section=SECTION,
        title=f"Card of {manifest.name}, version {found.number}",
        **version_head(found, manifest, tab="card"),
        card=render_markdown(text, under=1) if text else "",
    )


@get(f"{VERSION}/report", opt=described(grant=READ))
async def show_report(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show the quality report of a version in a frame."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    manifest = await found.read()
    return page(
        request,
        "datasets/report.html",
        section=SECTION,
        title=f"Report of {manifest.name}, version {found.number}",
        **version_head(found, manifest, tab="report"),
        has_report=manifest.file(REPORT) is not None,
    )


@get(f"{VERSION}/report.html", opt=described(grant=READ))
async def frame_report(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str]
) -> Response[bytes]:
    """Answer with the stored report, for a frame."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    kept = (await found.read()).file(REPORT)
    if kept is None or kept.bytes > _MOST_REPORT_BYTES:
        raise not_found("This version has no report that can be shown.")
    return framed(await asyncio.to_thread((found.folder / REPORT).read_bytes))


@get(f"{VERSION}/files/{{path:path}}", opt=described(grant=READ))
async def fetch_file(
    request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[str], path: FromPath[str]
) -> Response[Any]:
    """Answer with a file of a version."""
    found = await find_dataset_version(request.scope, dataset_id, version)
    wanted = path.removeprefix("/")
    name = f"{found.run.id}-v{found.number}-{wanted.replace('/', '-')}"
    return await answer_version_file(found, wanted, file_name=name)


def version_head(found: FoundVersion, manifest: DatasetVersion, *, tab: str) -> dict[str, Any]:
    """Return what the head of every page of a version shows."""
    return {
        "run": found.run,
        "manifest": manifest,
        "number": found.number,
        "tags": found.entry.tags_of(found.number),
        "tab": tab,
        "here": f"/console/datasets/{found.run.id}/versions/{found.number}",
    }


async def _shown(request: Request[Any, Any, Any], found: FoundVersion, *, findings: Any) -> Response[str]:
    manifest = await found.read()
    written = next(each for each in found.run.versions if each.number == found.number)
    return page(
        request,
        "datasets/version.html",
        section=SECTION,
        title=f"{manifest.name}, version {found.number}",
        **version_head(found, manifest, tab="overview"),
        written=written,
        lineage=await found.lineage(),
        kept_until=kept_until(found.entry, written),
        protections=protections(found.entry, written, now=found.ports.catalog.clock.now()),
        manifest_name=MANIFEST,
        signature_name=SIGNATURE,
        extra_text=shown_value(manifest.extra) if manifest.extra else "",
        is_verified=findings is not None,
        findings=findings or [],
    )


def _read_card(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(4 * MOST_CHARACTERS).decode("utf-8", "replace")


PAGES = (show_version, verify, show_card, show_report, frame_report, fetch_file)
