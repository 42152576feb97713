"""What a template comes to, in the order in which Resource Manager works."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tests.doubles.resource_manager.refusal import Refusal
from textnlp.domain.errors import TextNLPError
from textnlp_infra.checks.graph import Graph
from textnlp_infra.checks.published_types import PublishedTypes
from textnlp_infra.environments import ENVIRONMENTS
from textnlp_infra.expansion.evaluator import Scope
from textnlp_infra.expansion.expander import DEPLOYMENT, Expansion, expand
from textnlp_infra.expansion.resource import ExpandedResource


@dataclass(frozen=True, slots=True)
class Step:
    """A resource that is to be made, or the beginning or end of a nested deployment."""

    resource: ExpandedResource
    begins: bool = False
    ends: bool = False


def graph_of(resources: tuple[ExpandedResource, ...]) -> Graph:
    """Return resources as the checks read them; the environment plays no part in those that are asked here."""
    return Graph(resources=resources, environment=ENVIRONMENTS[0], on=dt.datetime.now(dt.UTC).date())


def expansion_of(name: str, body: Mapping[str, Any], scope: Scope, types: PublishedTypes | None) -> Expansion:
    """Expand what was sent; raise what Azure answers to a template that it cannot read, or that types forbid."""
    properties = body["properties"]
    given = {key: item["value"] for key, item in properties.get("parameters", {}).items()}
    try:
        expansion = expand(properties["template"], stack=name, scope=scope, parameters=given)
    except TextNLPError as error:
        raise Refusal("InvalidTemplate", f"Deployment template validation failed: '{error.message}'.") from error
    if types:
        faults = tuple(
            Refusal("InvalidRequestContent", f"{finding.what}; {finding.advice}", finding.where)
            for finding in types.check(graph_of(expansion.resources))
        )
        if faults:
            raise Refusal(
                "InvalidTemplateDeployment",
                f"The template deployment '{name}' is not valid according to the validation procedure.",
                details=faults,
            )
    return expansion


def steps_of(expansion: Expansion) -> list[Step]:
    """Order the steps; of what may be next the last that the template declares, so that only `dependsOn` helps."""
    units = {item.name: item for item in expansion.resources if item.type == DEPLOYMENT}
    ends = {item.id.lower(): f"{item.id.lower()}#end" for item in units.values()}
    known = {item.id.lower() for item in expansion.resources}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    steps: dict[str, Step] = {}
    for item in expansion.resources:
        own = item.id.lower()
        for needed in item.depends_on:
            if needed.lower() not in known:
                raise Refusal(
                    "InvalidTemplate",
                    f"Deployment template validation failed: 'The resource '{needed}' is not defined in the template.'",
                )
        sorter.add(own, *(ends.get(needed.lower(), needed.lower()) for needed in item.depends_on))
        steps[own] = Step(item, begins=item.type == DEPLOYMENT)
        if item.type == DEPLOYMENT:
            sorter.add(ends[own], own)
            steps[ends[own]] = Step(item, ends=True)
        if item.unit:
            sorter.add(own, units[item.unit].id.lower())
            sorter.add(ends[units[item.unit].id.lower()], own)
    return [steps[name] for name in _last_declared_first(sorter, list(steps))]


def _last_declared_first(sorter: TopologicalSorter[str], declared: list[str]) -> list[str]:
    try:
        sorter.prepare()
    except CycleError as error:
        raise Refusal("InvalidTemplate", f"Circular dependency detected on resource: '{error.args[1][0]}'.") from error
    places = {name: place for place, name in enumerate(declared)}
    ready: set[str] = set()
    order: list[str] = []
    while sorter.is_active():
        ready.update(sorter.get_ready())
        following = max(ready, key=places.__getitem__)
        ready.remove(following)
        order.append(following)
        sorter.done(following)
    return order
