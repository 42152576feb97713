"""A subscription: what is in it, what was deployed to it, and what is under way."""

import asyncio
import json
import re
import uuid
from collections import ChainMap
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

from tests.doubles.entra import TENANT
from tests.doubles.resource_manager.plan import Step, expansion_of, graph_of, steps_of
from tests.doubles.resource_manager.refusal import Refusal
from textnlp_infra.checks import references
from textnlp_infra.checks.graph import Graph
from textnlp_infra.checks.published_types import PublishedTypes
from textnlp_infra.expansion.evaluator import Scope
from textnlp_infra.expansion.expander import DEPLOYMENT, Expansion
from textnlp_infra.expansion.resource import ExpandedResource

SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
GROUP = "Microsoft.Resources/resourceGroups"
_SECURE = frozenset({"securestring", "secureobject"})
_REFERENCE = re.compile(r"reference\((?P<id>[^)]*)\)(?P<path>[\w.]*)")


@dataclass(slots=True)
class Deployment:
    """A deployment, with the operations that Azure lists of it; `steps` are those still to be taken."""

    id: str
    name: str
    location: str | None
    tags: Mapping[str, str]
    parameters: Mapping[str, Any]
    expansion: Expansion | None = None
    steps: list[Step] = field(default_factory=list[Step])
    state: str = "Running"
    error: dict[str, Any] | None = None
    operations: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def document(self) -> dict[str, Any]:
        """Return it as Azure shows it."""
        properties: dict[str, Any] = {
            "provisioningState": self.state,
            "mode": "Incremental",
            "parameters": self.parameters,
            "correlationId": str(uuid.uuid5(uuid.NAMESPACE_URL, self.id)),
        }
        if self.error:
            properties["error"] = self.error
        if self.state == "Succeeded" and self.expansion:
            properties["outputs"] = {
                name: {"type": "String", "value": _told(value)} for name, value in self.expansion.outputs.items()
            }
        head = {"id": self.id, "name": self.name, "type": DEPLOYMENT, "tags": self.tags, "location": self.location}
        return {**head, "properties": properties}


@dataclass(slots=True)
class Subscription:
    """What Resource Manager remembers; it outlives the server in front of it.

    Attributes:
        types: published types that bodies are checked against, None for none.
        sent: names of the deployments that were sent, in order.
        writes: what was done to each resource, `created`, `updated` or `unchanged`, and its id, in order.
        deleted: ids of what was deleted, in order.
        refuses: what is answered when a resource is made whose id ends so.
        untold: ends of ids of what a what-if does not look at.
        locked: ends of ids of what nobody may delete.
        holds_after: writes after which nothing goes on until `release` is called.
    """

    types: PublishedTypes | None = None
    resources: dict[str, ExpandedResource] = field(default_factory=dict[str, ExpandedResource])
    deployments: dict[str, Deployment] = field(default_factory=dict[str, Deployment])
    sent: list[str] = field(default_factory=list[str])
    writes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    deleted: list[str] = field(default_factory=list[str])
    refuses: dict[str, Refusal] = field(default_factory=dict[str, Refusal])
    untold: set[str] = field(default_factory=set[str])
    locked: set[str] = field(default_factory=set[str])
    holds_after: int | None = None
    held: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def created(self) -> list[str]:
        """Ids of what was created, in order."""
        return [resource_id for done, resource_id in self.writes if done == "created"]

    def scope(self, group: str | None) -> Scope:
        """Return where a deployment goes; raise for a resource group that is not there."""
        location = ""
        if group:
            location = self.group(group).body["location"]
        return Scope(subscription_id=SUBSCRIPTION, tenant_id=TENANT, group=group, location=location)

    def group(self, name: str) -> ExpandedResource:
        """Return a resource group."""
        found = self.resources.get(f"/subscriptions/{SUBSCRIPTION}/providers/{GROUP}/{name}".lower())
        if found is None:
            raise Refusal("ResourceGroupNotFound", f"Resource group '{name}' could not be found.", status=404)
        return found

    def expand(self, name: str, group: str | None, body: Mapping[str, Any]) -> tuple[Expansion, list[Step]]:
        """Read what was sent; raise what Azure answers before it begins."""
        expansion = expansion_of(name, body, self.scope(group), self.types)
        made = {item.name.lower() for item in expansion.resources if item.type == GROUP}
        for item in expansion.resources:
            if item.group and item.group.lower() not in made:
                self.group(item.group)
        return expansion, steps_of(expansion)

    def take(self, name: str, group: str | None, body: Mapping[str, Any]) -> Deployment:
        """Take a deployment, which is under way from then on."""
        own = f"{self.scope(group).id}/providers/{DEPLOYMENT}/{name}"
        before = self.deployments.get(own.lower())
        if before and before.state == "Running":
            raise Refusal("DeploymentActive", f"The deployment '{name}' is still active.", status=409)
        location = body.get("location")
        if before and before.location != location:
            message = f"Invalid deployment location '{location}'. The deployment '{name}' already exists in location "
            raise Refusal("InvalidDeploymentLocation", f"{message}'{before.location}'.", status=409)
        expansion, steps = self.expand(name, group, body)
        declared = body["properties"]["template"].get("parameters", {})
        parameters: dict[str, Any] = body["properties"].get("parameters", {})
        shown = {key: item for key, item in parameters.items() if declared[key]["type"].lower() not in _SECURE}
        taken = Deployment(own, name, location, body.get("tags", {}), shown, expansion, steps)
        self.deployments[own.lower()] = taken
        self.sent.append(name)
        return taken

    async def work(self, deployment: Deployment) -> None:
        """Take the steps that are left; what fails ends the deployment, and what was made stays."""
        while deployment.steps:
            if self.holds_after is not None and len(self.writes) >= self.holds_after and not self.released.is_set():
                self.held.set()
                await self.released.wait()
            await asyncio.sleep(0)
            if not self._step(deployment, deployment.steps.pop(0)):
                return
        deployment.state = "Succeeded"

    def _step(self, deployment: Deployment, step: Step) -> bool:
        resource = step.resource
        if resource.type == DEPLOYMENT:
            self._nested(deployment, step)
            return True
        owner = self._owner(deployment, resource)
        try:
            self._write(resource)
        except Refusal as refusal:
            owner.operations[resource.id.lower()] = _operation(resource, "Failed", refusal)
            self._fail(deployment, owner, refusal)
            return False
        owner.operations[resource.id.lower()] = _operation(resource, "Succeeded")
        return True

    def _owner(self, deployment: Deployment, resource: ExpandedResource) -> Deployment:
        if not resource.unit:
            return deployment
        return next(
            self.deployments[operation["target"].lower()]
            for operation in deployment.operations.values()
            if operation["target"].endswith(f"/{resource.unit}")
        )

    def _nested(self, deployment: Deployment, step: Step) -> None:
        resource, key = step.resource, step.resource.id.lower()
        if step.begins:
            shown = resource.properties.get("parameters", {})
            self.deployments[key] = Deployment(resource.id, resource.name, resource.body.get("location"), {}, shown)
            deployment.operations[key] = _operation(resource, "Running")
            return
        self.deployments[key].state = "Succeeded"
        deployment.operations[key] = _operation(resource, "Succeeded")
        self.resources[key] = resource

    def _fail(self, deployment: Deployment, owner: Deployment, refusal: Refusal) -> None:
        failed = Refusal(
            "DeploymentFailed",
            "At least one resource deployment operation failed. Please list deployment operations for details. "
            "Please see https://aka.ms/arm-deployment-operations for usage details.",
            target=owner.id,
            details=(refusal,),
        )
        owner.state, owner.error = "Failed", failed.document()
        if owner is not deployment:
            inside = Refusal("DeploymentFailed", json.dumps({"error": failed.document()}), target=owner.id)
            whole = Refusal("DeploymentFailed", failed.message, target=deployment.id, details=(inside,))
            operation = deployment.operations[owner.id.lower()]
            operation["properties"] |= {"provisioningState": "Failed", "statusMessage": {"error": inside.document()}}
            deployment.state, deployment.error = "Failed", whole.document()
        deployment.steps.clear()

    def _write(self, resource: ExpandedResource) -> None:
        for end, refusal in self.refuses.items():
            if resource.id.lower().endswith(end.lower()):
                raise refusal
        if resource.group:
            self.group(resource.group)
        seen = _Seen.of(resource, self.resources)
        for finding in chain(references.missing_parents(seen), references.dangling_ids(seen)):
            raise Refusal("InvalidResourceReference", finding.what, target=resource.id)
        key = resource.id.lower()
        before = self.resources.get(key)
        done = "created" if before is None else "unchanged" if before.body == resource.body else "updated"
        self.writes.append((done, resource.id))
        self.resources[key] = resource

    def delete(self, resource_id: str) -> None:
        """Delete a resource with its children and what extends it, or a resource group with all that is in it."""
        inside = f"{resource_id}/".lower()
        gone = [key for key in self.resources if key == resource_id.lower() or key.startswith(inside)]
        if any(key.endswith(end) for key in gone for end in self.locked):
            message = (
                f"The scope '{resource_id}' cannot perform delete operation because following scope(s) are locked."
            )
            raise Refusal("ScopeLocked", message, status=409)
        for key in gone:
            self.deleted.append(self.resources.pop(key).id)

    def delete_group(self, name: str) -> None:
        """Delete a resource group with all that is in it, its deployments too."""
        group = self.group(name)
        inside = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        self.delete(inside)
        self.delete(group.id)
        for key in [key for key in self.deployments if key.startswith(f"{inside}/".lower())]:
            del self.deployments[key]

    def change(self, resource_id: str, **properties: Any) -> None:
        """Change properties of a resource as somebody in the portal would."""
        key = resource_id.lower()
        body = deepcopy(dict(self.resources[key].body))
        body["properties"] = {**body.get("properties", {}), **properties}
        old = self.resources[key]
        names = ("id", "type", "api_version", "name", "stack", "unit", "group", "scope", "depends_on", "asked")
        self.resources[key] = ExpandedResource(body=body, **{name: getattr(old, name) for name in names})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen(Graph):
    """A resource among those that are there."""

    there: Mapping[str, ExpandedResource]

    @classmethod
    def of(cls, resource: ExpandedResource, there: dict[str, ExpandedResource]) -> "_Seen":
        plain = graph_of((resource,))
        return cls(
            resources=plain.resources,
            environment=plain.environment,
            on=plain.on,
            there=ChainMap({resource.id.lower(): resource}, there),
        )

    def find(self, resource_id: object) -> ExpandedResource | None:
        return self.there.get(str(resource_id).lower())


def _operation(resource: ExpandedResource, state: str, refusal: Refusal | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "provisioningOperation": "Create",
        "provisioningState": state,
        "targetResource": {"id": resource.id, "resourceType": resource.type, "resourceName": resource.name},
    }
    if refusal:
        properties |= {"statusCode": "BadRequest", "statusMessage": {"error": refusal.document()}}
    return {"target": resource.id, "properties": properties}


def _told(value: Any) -> str:
    """Return an output; what only a service would tell is made of the resource's name and the property's."""
    return _REFERENCE.sub(lambda found: f"{found['id'].rpartition('/')[2]}{found['path']}", str(value))


def changes(subscription: Subscription, expansion: Expansion) -> Iterator[dict[str, Any]]:
    """Yield what a what-if answers of each resource."""
    for resource in expansion.resources:
        if resource.type == DEPLOYMENT:
            continue
        before = subscription.resources.get(resource.id.lower())
        after = {"id": resource.id, **resource.body}
        told: dict[str, Any] = {"resourceId": resource.id, "after": after}
        if resource.id.lower().endswith(tuple(subscription.untold)):
            yield {**told, "changeType": "Unsupported", "unsupportedReason": "The resource is not looked at."}
            continue
        if before is None:
            yield {**told, "changeType": "Create"}
            continue
        delta = list(_delta(before.body, resource.body))
        yield {
            **told,
            "changeType": "Modify" if delta else "NoChange",
            "before": {"id": resource.id, **before.body},
            "delta": delta,
        }


def _delta(before: Any, after: Any, path: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        had, wanted = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
        for key in {**had, **wanted}:
            yield from _delta(had.get(key), wanted.get(key), f"{path}.{key}" if path else key)
    elif before != after:
        kind = "Create" if before is None else "Delete" if after is None else "Modify"
        yield {"path": path, "propertyChangeType": kind, "before": before, "after": after}
