"""The expanded estate as checks read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import Environment
from textnlp_infra.expansion.resource import ExpandedResource


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """All resources of all stacks of an environment, and the day they are looked at."""

    resources: tuple[ExpandedResource, ...]
    environment: Environment
    on: date

    @cached_property
    def by_id(self) -> Mapping[str, ExpandedResource]:
        """The resources by their ids in lower case, as Azure does not mind the case."""
        return {resource.id.lower(): resource for resource in self.resources}

    @cached_property
    def by_type(self) -> Mapping[str, Sequence[ExpandedResource]]:
        """The resources by their types in lower case."""
        found: dict[str, list[ExpandedResource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type.lower(), []).append(resource)
        return found

    def of_type(self, kind: str) -> Sequence[ExpandedResource]:
        """Return the resources of a type."""
        return self.by_type.get(kind.lower(), ())

    def find(self, resource_id: object) -> ExpandedResource | None:
        """Find a resource by id."""
        return self.by_id.get(str(resource_id).lower())

    def children(self, parent: ExpandedResource, kind: str) -> Iterator[ExpandedResource]:
        """Yield the children of one kind, `queues` say."""
        start = f"{parent.id.lower()}/"
        for resource in self.of_type(f"{parent.type}/{kind}"):
            if resource.id.lower().startswith(start):
                yield resource

    def extensions(self, target: ExpandedResource, kind: str) -> Iterator[ExpandedResource]:
        """Yield the resources of a type that extend `target`."""
        wanted = target.id.lower()
        return (item for item in self.of_type(kind) if (item.scope or "").lower() == wanted)


def items(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list, none where it is no list."""
    if not isinstance(value, list):
        return []
    return [cast("Mapping[str, Any]", item) for item in cast("list[Any]", value) if isinstance(item, Mapping)]


def part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object at a key, an empty one where there is none."""
    inner = value.get(key)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}


def one_or_many(value: Mapping[str, Any], one: str, many: str) -> list[str]:
    """Return what stands at a key and in the list at another, as Azure spells one and several."""
    return [*texts([value[one]] if one in value else []), *texts(value.get(many))]


def texts(value: Any) -> list[str]:
    """Return the items of a list as texts, none where it is no list."""
    return [str(item) for item in cast("list[Any]", value)] if isinstance(value, list) else []


def found(resource: ExpandedResource, what: str, advice: str) -> Finding:
    """Return a finding about a resource."""
    return Finding(where=resource.where, what=what, advice=advice)
