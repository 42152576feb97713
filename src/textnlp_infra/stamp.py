"""A deployment stamp: one environment in one region, and what every component there is built with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from textnlp.topology.regions import Region, RegionRole
from textnlp_infra.arm.expression import Value
from textnlp_infra.arm.resource import Resource, ResourceGroup
from textnlp_infra.environments import Environment
from textnlp_infra.naming import resource_name
from textnlp_infra.policies import tags

GLOBAL = "global"
"""Location of what is in no region."""


class Fields(TypedDict, total=False):
    """More of what a resource may be given, with the meanings of `Resource`'s own fields."""

    name: str
    location: str | None
    kind: str
    sku: Mapping[str, Value]
    identity: Mapping[str, Value]
    zones: tuple[str, ...] | None
    top_level: Mapping[str, Value]
    after: tuple[Resource, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stamp:
    """Where a component is built: everything of one stack, in one region, lies in `group`."""

    environment: Environment
    region: Region
    group: ResourceGroup

    @property
    def is_primary(self) -> bool:
        """Whether this is the region that serves."""
        return self.region.role is RegionRole.PRIMARY

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything here."""
        return tags(self.environment.name, is_production=self.environment.is_production)

    @property
    def zones(self) -> tuple[str, ...] | None:
        """The zones to spread over, None where the environment does without."""
        return self.region.zones if self.environment.sizes.is_zone_redundant else None

    def name(self, kind: str, part: str = "") -> str:
        """Name a resource of this stamp; `part` tells two of one type apart."""
        return resource_name(
            kind,
            environment=self.environment.name,
            region=self.region.name,
            part=part,
            suffix=self.environment.suffix,
        )

    def resource(
        self,
        resource_type: str,
        properties: Mapping[str, Value] | None = None,
        *,
        part: str = "",
        **fields: Unpack[Fields],
    ) -> Resource:
        """Return a resource in this region, named and tagged by the rules; `fields` overrule, or say more."""
        resource = Resource(
            type=resource_type,
            name=fields.get("name") or self.name(resource_type, part),
            group=self.group,
            location=self.region.name,
            tags=self.tags,
            properties=properties,
        )
        return replace(resource, **fields)

    @property
    def zone_redundancy(self) -> str:
        """What types that spread themselves over zones are told."""
        return "Enabled" if self.environment.sizes.is_zone_redundant else "Disabled"


def stamp_of(environment: Environment, region: Region, stack: str) -> Stamp:
    """Return the stamp of a stack in a region."""
    group = ResourceGroup(
        name=resource_name(
            "Microsoft.Resources/resourceGroups", environment=environment.name, region=region.name, part=stack
        ),
        location=region.name,
        stack=stack,
        tags=tags(environment.name, is_production=environment.is_production),
    )
    return Stamp(environment=environment, region=region, group=group)
