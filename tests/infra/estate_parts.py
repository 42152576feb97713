"""Parts of an estate that components are built with, and what the published types say of what was built."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from tests.infra.azure_types import SCHEMAS
from textnlp_infra.arm import Resource, Stack, units_of
from textnlp_infra.arm.expression import written_object
from textnlp_infra.checks.estate_check import SAMPLE_SCOPE
from textnlp_infra.checks.published_types import FOLDER, PublishedTypes
from textnlp_infra.components.directory import application_identifier
from textnlp_infra.components.models import build_models, models_config
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.service_addresses import ServiceAddresses
from textnlp_infra.environments import environment
from textnlp_infra.expansion.expander import DEPLOYMENT, expand, samples
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.stacks.foundation import Foundation, build_foundation, stamps_of
from textnlp_infra.stamp import Stamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """A foundation, and the stamp and network of the next stack in its primary region."""

    foundation: Foundation
    networks: tuple[PrivateNetwork, ...]

    @property
    def place(self) -> PrivateNetwork:
        """The primary region's network."""
        return self.networks[0]

    @property
    def stamp(self) -> Stamp:
        """The primary region's stamp."""
        return self.place.stamp


@cache
def parts(name: str = "prod") -> Parts:
    """Return the parts of an environment."""
    foundation = build_foundation(environment(name))
    return Parts(
        foundation=foundation,
        networks=foundation.private_networks(stamps_of(foundation.environment, "platform")),
    )


@cache
def addresses(name: str = "prod") -> ServiceAddresses:
    """Return the addresses of services of which nothing but the names is built."""
    made = parts(name)
    stamp = made.stamp
    models = build_models(
        models_config(stamp.environment), stamp, networks=made.networks, workspace=made.foundation.workspace
    )
    return ServiceAddresses(
        database=f"{stamp.name('Microsoft.DBforPostgreSQL/flexibleServers')}.postgres.database.azure.com",
        database_name="textnlp",
        messages=stamp.resource("Microsoft.ServiceBus/namespaces"),
        events=stamp.resource("Microsoft.EventGrid/topics"),
        blobs=stamp.resource("Microsoft.Storage/storageAccounts", part="data"),
        vault=made.foundation.vaults[stamp.region.name].vault,
        models=models,
        gateway_host=f"{stamp.name('Microsoft.ApiManagement/service')}.azure-api.net",
        audience=application_identifier(stamp.environment),
        watched_by=made.foundation.insights.components["api"],
    )


def body(resource: Resource) -> dict[str, Any]:
    """Return what a template says of a resource, in a deployment to its own group."""
    assert resource.group
    return cast("dict[str, Any]", written_object(resource.body(), resource.group.name))


def properties(resource: Resource) -> dict[str, Any]:
    """Return the properties of a resource as a template says them."""
    return cast("dict[str, Any]", body(resource)["properties"])


def of_type(resources: Iterable[Resource], kind: str) -> list[Resource]:
    """Return the resources of a type; `kind` is its end."""
    return [resource for resource in resources if resource.type.endswith(kind)]


def faults(resources: Iterable[Resource]) -> list[str]:
    """Return what the published types find wrong once the templates are expanded; nothing where there are no types."""
    if not (SCHEMAS / FOLDER).is_dir():
        return []
    types = PublishedTypes(SCHEMAS)
    return [
        f"{resource.where}: {what}; {advice}"
        for resource in _expanded(tuple(resources))
        if resource.type != DEPLOYMENT and resource.group
        for what, advice in types.faults(resource)
    ]


def _expanded(resources: tuple[Resource, ...]) -> tuple[ExpandedResource, ...]:
    units = units_of("tried", "tried", resources, environment="prod")
    template = Stack(name="tried", location="eastus2", units=units).template()
    return expand(template, stack="tried", scope=SAMPLE_SCOPE, parameters=samples(template)).resources
