"""Resources: what is to exist on Azure, as values that refer to each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from textnlp_infra.api_versions import api_version
from textnlp_infra.arm.expression import Argument, Expression, Place, Value, call, used_by

_GROUP_TYPE = "Microsoft.Resources/resourceGroups"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResourceGroup:
    """A resource group.

    Attributes:
        stack: the stack that makes it; units of later stacks may lie in it, too.
    """

    name: str
    location: str
    stack: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def id(self) -> Expression:
        """Its id."""
        return call("subscriptionResourceId", _GROUP_TYPE, self.name)

    @property
    def scope(self) -> Expression:
        """What the ids of everything in it begin with."""
        subscription = call("subscription").property("subscriptionId")
        return call("format", "/subscriptions/{0}/resourceGroups/{1}", subscription, self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """A resource to be deployed.

    Attributes:
        type: its whole type, `Microsoft.ServiceBus/namespaces/queues` for a child.
        name: its own name, the last segment for a child.
        group: the resource group it lies in; None for one of the subscription.
        parent: the resource whose child it is.
        scope: the resource it extends, as diagnostic settings, locks and role assignments do.
        top_level: what the type has beside the usual fields.
        after: resources that must be there first although nothing here names them.
    """

    type: str
    name: str | Expression
    group: ResourceGroup | None
    parent: "Resource | None" = None
    scope: "Resource | None" = None
    location: str | None = None
    tags: Mapping[str, str] | None = None
    kind: str | None = None
    sku: Mapping[str, Value] | None = None
    identity: Mapping[str, Value] | None = None
    zones: tuple[str, ...] | None = None
    properties: Mapping[str, Value] | None = None
    top_level: Mapping[str, Value] = field(default_factory=dict[str, Value])
    after: tuple["Resource", ...] = ()

    @property
    def api_version(self) -> str:
        """The one version of its type's API that the estate uses."""
        return api_version(self.type)

    @property
    def id(self) -> Expression:
        """Its id; whoever uses it is deployed after this resource."""
        return self._id_of(self.type, self._names())

    def inner_id(self, *path: str) -> Expression:
        """Return the id of a part that is declared inside its properties: `inner_id("subnets", "aks-user")`."""
        kinds, names = path[::2], path[1::2]
        return self._id_of("/".join((self.type, *kinds)), (*self._names(), *names))

    def property(self, path: str) -> Expression:
        """Return one of its properties, which Azure tells once it exists."""
        return call("reference", self.id, self.api_version).property(path)

    def full(self, path: str) -> Expression:
        """Return what stands beside its properties, `identity.principalId` say."""
        return call("reference", self.id, self.api_version, "Full").property(path)

    def child(
        self,
        kind: str,
        name: str,
        properties: Mapping[str, Value] | None = None,
        *,
        sku: Mapping[str, Value] | None = None,
        after: tuple["Resource", ...] = (),
    ) -> "Resource":
        """Return a child, of the type `<own type>/<kind>`."""
        return Resource(
            type=f"{self.type}/{kind}",
            name=name,
            group=self.group,
            parent=self,
            sku=sku,
            properties=properties,
            after=after,
        )

    def body(self) -> dict[str, Value]:
        """Return all that is sent, `dependsOn` aside."""
        return {
            "type": self.type,
            "apiVersion": self.api_version,
            "name": self._written_name(),
            "scope": self.scope.id if self.scope else None,
            "location": self.location,
            "tags": dict(sorted(self.tags.items())) if self.tags else None,
            "kind": self.kind,
            "sku": self.sku,
            "identity": self.identity,
            "zones": self.zones,
            **self.top_level,
            "properties": self.properties,
        }

    def uses(self) -> Iterator[object]:
        """Yield the resources and parameters it refers to, in any of its fields."""
        yield from self.after
        yield from used_by(self.body())
        if self.parent:
            yield self.parent

    def _names(self) -> tuple[Argument, ...]:
        return (*(self.parent._names() if self.parent else ()), self.name)  # noqa: SLF001  another of this class

    def _written_name(self) -> Value:
        names = self._names()
        texts = [name for name in names if isinstance(name, str)]
        if len(texts) == len(names):
            return "/".join(texts)
        if len(names) == 1:
            return names[0]
        return call("format", "/".join(f"{{{place}}}" for place in range(len(names))), *names)

    def _id_of(self, kind: str, names: tuple[Argument, ...]) -> Expression:
        if self.scope:
            return _used(self, call("extensionResourceId", self.scope.id, kind, *names))
        group = self.group
        if group is None:
            return _used(self, call("subscriptionResourceId", kind, *names))
        short, other = call("resourceId", kind, *names), call("resourceId", group.name, kind, *names)
        outside = call("extensionResourceId", group.scope, kind, *names)

        def text_in(place: Place) -> str:
            if place is None:
                return outside.text_in(place)
            return (short if place == group.name else other).text_in(place)

        return Expression(text_in, (self, *short.uses))


def _used(resource: Resource, expression: Expression) -> Expression:
    return Expression(expression.text_in, (resource, *expression.uses))
