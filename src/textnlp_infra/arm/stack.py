"""Stacks: what is deployed together, in the order of its lifetime, and the templates that are written of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textnlp_infra.api_versions import api_version
from textnlp_infra.arm.expression import Expression, Place, Value, call, used_by, written, written_object
from textnlp_infra.arm.parameter import Output, Parameter
from textnlp_infra.arm.resource import Resource, ResourceGroup

_GROUP_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_SUBSCRIPTION_SCHEMA = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
_CONTENT_VERSION = "1.0.0.0"
_DEPLOYMENT = "Microsoft.Resources/deployments"
_ENDPOINT = "Microsoft.Network/privateEndpoints"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unit:
    """The resources of one component in one resource group, deployed as one.

    Attributes:
        name: also the name of its deployment; unique in the estate.
        group: where all of its resources lie; None for resources of the subscription.
    """

    name: str
    group: ResourceGroup | None
    resources: tuple[Resource, ...]
    outputs: tuple[Output, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a resource that lies elsewhere."""
        for resource in self.resources:
            if resource.group is not self.group:
                raise ValueError(f"unit '{self.name}': {resource.type} '{resource.name}' lies in another group")

    def uses(self) -> Iterator[object]:
        """Yield the resources and parameters that its resources and outputs refer to."""
        for resource in self.resources:
            yield from resource.uses()
        for output in self.outputs:
            yield from used_by(output.value)

    def parameters(self) -> dict[str, Parameter]:
        """Return the parameters it needs, by name."""
        return _parameters(self.uses())

    def template(self) -> dict[str, object]:
        """Return its template; each resource depends on those of the unit it refers to."""
        place = self.group.name if self.group else None
        return {
            "$schema": _GROUP_SCHEMA if self.group else _SUBSCRIPTION_SCHEMA,
            "contentVersion": _CONTENT_VERSION,
            "parameters": {name: written(item.declaration(), place) for name, item in self.parameters().items()},
            "resources": [self._written(resource, place) for resource in self.resources],
            "outputs": {item.name: _output(item.kind, item.value, place) for item in self.outputs},
        }

    def _written(self, resource: Resource, place: Place) -> dict[str, object]:
        own = set(self.resources)
        needed = {id(use): use for use in resource.uses() if isinstance(use, Resource) and use in own}
        needed.pop(id(resource), None)
        depends_on = sorted(f"[{use.id.text_in(place)}]" for use in needed.values())
        body = written_object(resource.body(), place)
        return {**body, "dependsOn": depends_on} if depends_on else body

    def deployment_id(self) -> Expression:
        """Return the id of its deployment, as the stack's template names it."""
        if self.group is None:
            return call("subscriptionResourceId", _DEPLOYMENT, self.name)
        return call("extensionResourceId", self.group.scope, _DEPLOYMENT, self.name)


def units_of(
    component: str,
    stack: str,
    resources: Iterable[Resource],
    outputs: tuple[Output, ...] = (),
    *,
    environment: str,
) -> tuple[Unit, ...]:
    """Part a component's resources by their groups: a unit each, named after component and region.

    Private endpoints are a deployment of their own, as those of two regions lead to each other's services. The outputs
    are those of the first unit. A unit in a group of another stack has that stack in its name, and one of the
    subscription, whose deployments lie beside those of every other environment, has the environment in it.
    """
    parted: dict[str, tuple[ResourceGroup | None, list[Resource]]] = {}
    for resource in resources:
        group = resource.group
        place = f"subscription-{environment}" if group is None else group.location
        owner = f"{group.stack}-" if group and group.stack != stack else ""
        kind = "endpoints-" if resource.type.startswith(_ENDPOINT) else ""
        parted.setdefault(f"{component}-{kind}{owner}{place}", (group, []))[1].append(resource)
    return tuple(
        Unit(name=name, group=group, resources=tuple(own), outputs=() if number else outputs)
        for number, (name, (group, own)) in enumerate(parted.items())
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """Units with the same lifetime; one template of the subscription deploys them all.

    Attributes:
        location: region that keeps the records of its deployments.
    """

    name: str
    location: str
    units: tuple[Unit, ...]

    def groups(self) -> tuple[ResourceGroup, ...]:
        """Return the resource groups that it makes, in the order of the units in them."""
        groups = {unit.group.name: unit.group for unit in self.units if unit.group}
        return tuple(group for group in groups.values() if group.stack == self.name)

    def parameters(self) -> dict[str, Parameter]:
        """Return the parameters that its units need, by name."""
        return _parameters(use for unit in self.units for use in unit.uses())

    def template(self) -> dict[str, object]:
        """Return its template: resource groups, and a deployment a unit in the order of what they refer to."""
        return {
            "$schema": _SUBSCRIPTION_SCHEMA,
            "contentVersion": _CONTENT_VERSION,
            "parameters": {name: written(item.declaration(), None) for name, item in self.parameters().items()},
            "resources": [*map(_group, self.groups()), *map(self._deployment, self.units)],
            "outputs": {
                item.name: _output(item.kind, _of_deployment(unit, item), None)
                for unit in self.units
                for item in unit.outputs
            },
        }

    def _deployment(self, unit: Unit) -> dict[str, object]:
        owners = {id(resource): other for other in self.units for resource in other.resources}
        others = {
            owner.name: owner
            for use in unit.uses()
            if isinstance(use, Resource) and (owner := owners.get(id(use))) and owner is not unit
        }
        own_group = [unit.group.id] if unit.group and unit.group.stack == self.name else []
        ids = [*own_group, *(other.deployment_id() for _, other in sorted(others.items()))]
        passed: dict[str, Value] = {name: {"value": item.value} for name, item in unit.parameters().items()}
        properties: dict[str, Value] = {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "Inner"},
            "parameters": passed,
        }
        head: dict[str, Value] = {
            "type": _DEPLOYMENT,
            "apiVersion": api_version(_DEPLOYMENT),
            "name": unit.name,
            "resourceGroup": unit.group.name if unit.group else None,
            "location": None if unit.group else self.location,
            "dependsOn": ids or None,
        }
        return {
            **written_object(head, None),
            "properties": {**written_object(properties, None), "template": unit.template()},
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estate:
    """All stacks of an environment, in the order in which they are deployed."""

    environment: str
    stacks: tuple[Stack, ...]

    def __post_init__(self) -> None:
        """Refuse two units of one name, and a unit that refers to what no earlier or own stack deploys."""
        seen: set[str] = set()
        known: set[int] = set()
        for stack in self.stacks:
            known |= {id(resource) for unit in stack.units for resource in unit.resources}
            for unit in stack.units:
                if unit.name in seen:
                    raise ValueError(f"two units are named '{unit.name}'")
                seen.add(unit.name)
                for use in unit.uses():
                    if isinstance(use, Resource) and id(use) not in known:
                        raise ValueError(
                            f"stack '{stack.name}', unit '{unit.name}': refers to {use.type} '{use.name}', which is "
                            "in no unit of this stack or an earlier one; return it with its component's resources"
                        )

    def resources(self) -> Iterator[Resource]:
        """Yield every resource, in the order of stacks and units."""
        for stack in self.stacks:
            for unit in stack.units:
                yield from unit.resources


def _group(group: ResourceGroup) -> dict[str, object]:
    kind = "Microsoft.Resources/resourceGroups"
    return {
        "type": kind,
        "apiVersion": api_version(kind),
        "name": group.name,
        "location": group.location,
        "tags": dict(sorted(group.tags.items())),
    }


def _parameters(uses: Iterable[object]) -> dict[str, Parameter]:
    found = {use.name: use for use in uses if isinstance(use, Parameter)}
    return dict(sorted(found.items()))


def _of_deployment(unit: Unit, output: Output) -> Expression:
    deployed = call("reference", unit.deployment_id(), api_version(_DEPLOYMENT))
    return deployed.property(f"outputs.{output.name}.value")


def _output(kind: str, value: Value, place: Place) -> dict[str, object]:
    return {"type": kind, "value": written(value, place)}
