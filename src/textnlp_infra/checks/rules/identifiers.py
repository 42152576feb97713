"""Names, tags and regions."""

from collections.abc import Iterator

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, part
from textnlp_infra.naming import RULES as NAME_RULES
from textnlp_infra.policies import REQUIRED_TAGS
from textnlp_infra.stamp import GLOBAL

_RULES = {kind.lower(): rule for kind, rule in NAME_RULES.items()}


def names(graph: Graph) -> Iterator[Finding]:
    """Yield names that Azure refuses, and two resources of one name."""
    for resource in graph.resources:
        rule = _RULES.get(resource.type.lower())
        problem = rule.problem(resource.name) if rule else None
        if problem:
            yield found(resource, f"the name {problem}", "take the name from naming.resource_name")
    seen: set[str] = set()
    for resource in graph.resources:
        if resource.id.lower() in seen:
            yield found(resource, "is made twice", "give one of them another name")
        seen.add(resource.id.lower())


def required_tags(graph: Graph) -> Iterator[Finding]:
    """Yield resources with a location of their own that lack a tag, or are tagged as another environment's."""
    for resource in graph.resources:
        if "location" not in resource.body or resource.unit == "" or resource.group is None or "/" in resource.name:
            continue
        tags = part(resource.body, "tags")
        for tag in REQUIRED_TAGS:
            if not tags.get(tag):
                yield found(resource, f"tag '{tag}' is missing", "take the tags from the stamp")
        if tags.get("environment", graph.environment.name) != graph.environment.name:
            yield found(resource, f"tag 'environment' is '{tags['environment']}'", f"write '{graph.environment.name}'")


def regions(graph: Graph) -> Iterator[Finding]:
    """Yield resources in a region that the environment is not built in."""
    known = {region.name for region in graph.environment.regions} | {GLOBAL}
    for resource in graph.resources:
        location = resource.body.get("location")
        if isinstance(location, str) and location.lower() not in known:
            yield found(resource, f"lies in '{location}'", f"write one of {', '.join(sorted(known))}")
