"""Whether every id names a resource of the estate, and every resource waits for those it names."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items
from textnlp_infra.expansion.expander import DEPLOYMENT
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue

_ID = re.compile(r"/subscriptions/[^/]+(?:/resourceGroups/[^/]+)?/providers/[\w.]+/\S+", re.IGNORECASE)
_BUILT_IN = re.compile(
    r"^(?:/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/(?:roleDefinitions|policyDefinitions"
    r"|policySetDefinitions)/",
    re.IGNORECASE,
)
"""Definitions that are there before anybody deploys anything."""

_GATEWAY_LINK = re.compile(r"/privateLinkServices/_e41f87a2_([^/]+)_([^/_]+)$", re.IGNORECASE)
"""What Azure itself makes of a private link that an application gateway declares."""


def dangling_ids(graph: Graph) -> Iterator[Finding]:
    """Yield ids that name nothing that the estate makes."""
    for resource in graph.resources:
        named = dict.fromkeys((*_ids(resource.body), *resource.depends_on, *resource.asked, resource.scope or ""))
        for resource_id in named:
            if resource_id and _ID.match(resource_id) and not _BUILT_IN.match(resource_id):
                owner, rest = _owner(graph, resource_id)
                if owner is None or (rest and not _has_inner(owner, rest)):
                    missing = resource_id.partition("/providers/")[2]
                    yield found(
                        resource,
                        f"refers to {missing}, which no template makes",
                        "name a resource of the estate, or make it",
                    )


def missing_parents(graph: Graph) -> Iterator[Finding]:
    """Yield children whose parent the estate does not make."""
    for resource in graph.resources:
        parent = _parent_id(resource)
        if parent and graph.find(parent) is None and _owner(graph, parent)[0] is None:
            yield found(resource, f"its parent {parent.partition('/providers/')[2]} is made by no template", "make it")


def missing_dependencies(graph: Graph) -> Iterator[Finding]:
    """Yield resources that may be deployed before what they refer to."""
    waits = _waits(graph)
    deployments = {(item.stack, item.name): item for item in graph.of_type(DEPLOYMENT)}
    order = list(dict.fromkeys(resource.stack for resource in graph.resources))
    for resource in graph.resources:
        for owner in _needed(graph, resource):
            if owner.stack != resource.stack:
                if order.index(owner.stack) > order.index(resource.stack):
                    yield found(resource, f"refers to {owner.where} of a later stack", "move one of them")
                continue
            first, second = owner, resource
            if owner.unit != resource.unit:
                first = deployments.get((owner.stack, owner.unit), owner)
                second = deployments.get((resource.stack, resource.unit), resource)
            if first is not second and first.id.lower() not in waits.get(second.id.lower(), frozenset()):
                yield found(
                    resource, f"does not wait for {owner.type} '{owner.name}'", f"add {first.where} to dependsOn"
                )


def cycles(graph: Graph) -> Iterator[Finding]:
    """Yield a circle of resources that wait for each other, if there is one."""
    try:
        TopologicalSorter(_direct(graph)).prepare()
    except CycleError as error:
        circle = [item for name in error.args[1] if (item := graph.find(name))]
        path = " → ".join(f"{item.type} '{item.name}'" for item in circle)
        yield found(circle[0], f"waits for itself: {path}", "break the circle: move what refers back to later")


def _needed(graph: Graph, resource: ExpandedResource) -> Iterator[ExpandedResource]:
    named = {*_ids(resource.body), *resource.asked, resource.scope or "", _parent_id(resource) or ""}
    for resource_id in sorted(named):
        owner, _ = _owner(graph, resource_id)
        if owner and owner is not resource and DEPLOYMENT not in {owner.type, resource.type}:
            yield owner


def _direct(graph: Graph) -> dict[str, set[str]]:
    return {
        resource.id.lower(): {item.lower() for item in resource.depends_on if graph.find(item)}
        for resource in graph.resources
    }


def _waits(graph: Graph) -> dict[str, frozenset[str]]:
    """Return for each id all ids that are there before it, by however many steps."""
    direct = _direct(graph)
    all_of: dict[str, frozenset[str]] = {}
    try:
        for name in TopologicalSorter(direct).static_order():
            before = direct.get(name, set())
            all_of[name] = frozenset(before).union(*(all_of[item] for item in before))
    except CycleError:
        return {name: frozenset(before) for name, before in direct.items()}
    return all_of


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not isinstance(value, RuntimeValue) and _ID.match(value):
            yield value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _ids(key)
            yield from _ids(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _ids(item)


def _owner(graph: Graph, resource_id: str) -> tuple[ExpandedResource | None, list[str]]:
    """Return the resource that an id names, or in whose properties it names something, and the path in there."""
    parts = _GATEWAY_LINK.sub(r"/applicationGateways/\1/privateLinkConfigurations/\2", resource_id).split("/")
    rest: list[str] = []
    while parts:
        owner = graph.find("/".join(parts))
        if owner is not None:
            return owner, rest
        rest = parts[-2:] + rest
        parts = parts[:-2]
        if parts and parts[-2:-1] == ["providers"]:
            return None, rest
    return None, rest


def _has_inner(owner: ExpandedResource, path: list[str]) -> bool:
    """Whether an owner's properties declare what `["subnets", "a"]` names."""
    place: Mapping[str, Any] = owner.body
    for kind, name in zip(path[::2], path[1::2], strict=True):
        properties = cast("Mapping[str, Any]", place.get("properties") or {})
        collection = next((value for key, value in properties.items() if key.lower() == kind.lower()), None)
        inner = next((item for item in items(collection) if str(item.get("name")).lower() == name.lower()), None)
        if inner is None:
            return False
        place = inner
    return True


def _parent_id(resource: ExpandedResource) -> str | None:
    return resource.id.rpartition("/")[0].rpartition("/")[0] if "/" in resource.name else None
