"""The estates that elements are sought in, with every service that may be left out."""

from dataclasses import replace
from functools import cache

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.estate_check import SAMPLE_SCOPE, templates
from textnlp_infra.environments import environment
from textnlp_infra.expansion.expander import expand, samples
from textnlp_infra.expansion.resource import ExpandedResource


@cache
def covered_resources(name: str = "prod") -> tuple[ExpandedResource, ...]:
    """Return the resources of an environment; expanding them takes seconds, so that they are kept."""
    optional = frozenset(service.name for service in TOPOLOGY.services if service.is_optional)
    whole = replace(environment(name), optional_services=optional)
    return tuple(
        resource
        for stack, template in templates(whole).items()
        for resource in expand(template, stack=stack, scope=SAMPLE_SCOPE, parameters=samples(template)).resources
    )
