"""What people change about a dataset: tags, facts, the current version, and versions that go."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from textnlp.api.caller import dataset_ports_of, principal_of
from textnlp.api.openapi import described
from textnlp.application.change_catalog import (
    CatalogedDataset,
    CatalogPorts,
    change_dataset_facts,
    delete_version,
    roll_back_dataset,
    tag_version,
    untag_version,
)
from textnlp.console.page import send_on
from textnlp.console.query import read_filled_in
from textnlp.console.views.datasets import DATASET, DATASETS
from textnlp.domain.catalog.model import Act
from textnlp.domain.identifiers import RunId
from textnlp.topology.scopes import WRITE

_Why = Annotated[str, msgspec.Meta(max_length=1_000)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
_Tag = Annotated[str, msgspec.Meta(max_length=64)]


class FactsForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is said of a dataset; a blank field says nothing."""

    description: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    license: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    keep_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] | None = None
    hold: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    why: _Why | None = None


class TagForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The version that a tag is to name; `move` takes it from another one."""

    tag: _Tag
    version: _Number
    move: bool = False
    why: _Why | None = None


class UntagForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The tag that is to go."""

    tag: _Tag


class RollBackForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The earlier version that is to be the current one, and why."""

    version: _Number | None = None
    why: _Why | None = None


class DeleteForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why a version goes; `force` overrides what protects it."""

    why: _Why | None = None
    force: bool = False


@post(f"{DATASET}/facts", opt=described(grant=WRITE))
async def change_facts(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[Any]:
    """Say what the form says, and no more."""
    asked = await read_filled_in(request, FactsForm)
    ports, dataset = await _found(request, dataset_id)
    given: dict[str, Any] = {
        "description": None if asked.description is None else asked.description.replace("\r\n", "\n"),
        "license": asked.license,
        "hold": asked.hold,
        "keep_days": asked.keep_days,
    }
    await change_dataset_facts(ports, dataset, given, act=_act(request, ports, why=asked.why))
    return _back(request, dataset)


@post(f"{DATASET}/tags", opt=described(grant=WRITE))
async def set_tag(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[Any]:
    """Let a tag name a version."""
    asked = await read_filled_in(request, TagForm)
    ports, dataset = await _found(request, dataset_id)
    act = _act(request, ports, why=asked.why)
    await tag_version(ports, dataset, tag=asked.tag.strip(), version=asked.version, act=act, is_moved=asked.move)
    return _back(request, dataset)


@post(f"{DATASET}/untag", opt=described(grant=WRITE))
async def remove_tag(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[Any]:
    """Remove a tag; the version stays."""
    asked = await read_filled_in(request, UntagForm)
    ports, dataset = await _found(request, dataset_id)
    await untag_version(ports, dataset, tag=asked.tag, act=_act(request, ports, why=None))
    return _back(request, dataset)


@post(f"{DATASET}/rollback", opt=described(grant=WRITE))
async def roll_back(request: Request[Any, Any, Any], dataset_id: FromPath[str]) -> Response[Any]:
    """Let an earlier version be the current one."""
    asked = await read_filled_in(request, RollBackForm)
    ports, dataset = await _found(request, dataset_id)
    await roll_back_dataset(ports, dataset, to=asked.version, act=_act(request, ports, why=asked.why))
    return _back(request, dataset)


@post(f"{DATASET}/versions/{{version:int}}/delete", opt=described(grant=WRITE))
async def delete(request: Request[Any, Any, Any], dataset_id: FromPath[str], version: FromPath[int]) -> Response[Any]:
    """Remove the files of a version, and leave its tombstone."""
    asked = await read_filled_in(request, DeleteForm)
    ports, dataset = await _found(request, dataset_id)
    act = _act(request, ports, why=asked.why)
    await delete_version(ports, dataset, version=version, act=act, is_forced=asked.force)
    return _back(request, dataset)


async def _found(request: Request[Any, Any, Any], dataset_id: str) -> tuple[CatalogPorts, CatalogedDataset]:
    ports = dataset_ports_of(request.scope)
    return ports.catalog, ports.cataloged(await ports.store.get(RunId(dataset_id)))


def _act(request: Request[Any, Any, Any], ports: CatalogPorts, *, why: str | None) -> Act:
    return Act(by=principal_of(request.scope).subject, at=ports.clock.now(), why=why)


def _back(request: Request[Any, Any, Any], dataset: CatalogedDataset) -> Response[Any]:
    return send_on(request, f"{DATASETS}/{dataset.id}")


PAGES = (change_facts, set_tag, remove_tag, roll_back, delete)
