"""A resource as Resource Manager would be asked to make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExpandedResource:
    """One resource with all its values worked out.

    Attributes:
        id: its whole id.
        name: its whole name, `namespace/queue` for a child.
        body: what is sent, without type, version, name, scope and `dependsOn`.
        unit: the deployment that makes it, empty for what the stack's own template makes.
        group: its resource group, None for what lies in the subscription.
        depends_on: ids that must be there first.
        asked: ids whose values it is made from.
    """

    id: str
    type: str
    api_version: str
    name: str
    body: Mapping[str, Any]
    stack: str
    unit: str
    group: str | None
    scope: str | None
    depends_on: tuple[str, ...]
    asked: frozenset[str]

    @property
    def where(self) -> str:
        """Where people find it: stack, deployment, type and name."""
        place = f"{self.stack}/{self.unit}" if self.unit else self.stack
        return f"{place}: {self.type} '{self.name}'"

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties, empty where it has none."""
        return cast("Mapping[str, Any]", self.body.get("properties") or {})

    def get(self, path: str) -> Any:
        """Return what stands at `sku.name` or `properties.a.b`, None where nothing does."""
        value: Any = self.body
        for key in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = cast("Mapping[str, Any]", value).get(key)
        return value
