"""Datasets: found in the catalog, and one with its versions, what is said of it, and where it is from."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of
from textnlp.api.openapi import described
from textnlp.application.change_catalog import find_entry
from textnlp.application.list_catalog import CatalogFilter, list_catalog
from textnlp.console.dataset_history import dataset_graph
from textnlp.console.page import page
from textnlp.console.query import read_filters
from textnlp.domain.catalog.facts import version_facts
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.catalog.rules import available_versions, current_version
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import READ

DATASETS = "/console/datasets"
DATASET = f"{DATASETS}/{{dataset_id:str}}"
SECTION = "datasets"
_A_PAGE = 50
_EVENTS = 30
_Text = Annotated[str, msgspec.Meta(max_length=200)]


class CatalogQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which datasets are listed, and before which one."""

    tag: _Text | None = None
    license: _Text | None = None
    text: _Text | None = None
    before: Annotated[str, msgspec.Meta(max_length=64)] | None = None

    def address(self, before: str | None) -> str:
        """Return where the same datasets are listed from another one on."""
        wanted = {"tag": self.tag, "license": self.license, "text": self.text, "before": before}
        query = urlencode({name: value for name, value in wanted.items() if value is not None})
        return f"{DATASETS}?{query}" if query else DATASETS


@get(DATASETS, opt=described(grant=READ))
async def list_datasets(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the datasets of the catalog, newest first."""
    wanted = read_filters(request, CatalogQuery)
    ports = dataset_ports_of(request.scope)
    sought = CatalogFilter(tag=wanted.tag, license=wanted.license, text=wanted.text)
    before = None if wanted.before is None else RunId(wanted.before)
    runs, following = await list_catalog(ports.store, ports.catalog.catalog, sought, before=before, limit=_A_PAGE)
    entries = await ports.catalog.catalog.entries([run.id for run in runs])
    return page(
        request,
        "datasets/list.html",
        section=SECTION,
        title="Datasets",
        datasets=[(run, entries.get(run.id) or CatalogEntry(dataset_id=run.id, tenant=run.tenant)) for run in runs],
        wanted=wanted,
        is_open=sought.is_open,
        first=wanted.address(None) if wanted.before else None,
        following=wanted.address(following) if following else None,
    )


@get(DATASET, opt=described(grant=READ))
async def show_dataset(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[str]:
    """Show a dataset: its versions with their tags, what is said of it, its lineage and its history."""
    ports = dataset_ports_of(request.scope)
    run = await ports.store.get(RunId(dataset_id))
    dataset = ports.cataloged(run)
    entry = await find_entry(ports.catalog, dataset)
    events = await ports.catalog.catalog.events(run.id, after=max(0, entry.event_count - _EVENTS), limit=_EVENTS)
    current = current_version(entry, dataset.numbers)
    there = available_versions(entry, dataset.numbers)
    return page(
        request,
        "datasets/show.html",
        section=SECTION,
        title=run.name,
        run=run,
        entry=entry,
        current=current,
        there=there,
        earlier=[number for number in there if current is not None and number < current],
        versions=list(reversed(version_facts(entry, dataset.versions))),
        graph=await dataset_graph(request, run, entry),
        events=list(reversed(events)),
    )


PAGES = (list_datasets, show_dataset)
