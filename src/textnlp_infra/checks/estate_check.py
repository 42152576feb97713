"""Runs every check over an estate."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from textnlp_infra.checks import references
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph
from textnlp_infra.checks.published_types import GRAPH_TYPES, GraphTypes, PublishedTypes
from textnlp_infra.checks.rules import RULES
from textnlp_infra.components.directory import application_document
from textnlp_infra.environments import Environment
from textnlp_infra.estate import build_estate, rendered
from textnlp_infra.expansion.evaluator import Scope
from textnlp_infra.expansion.expander import expand, samples

Rule: TypeAlias = Callable[[Graph], Iterator[Finding]]

SAMPLE_SCOPE = Scope(
    subscription_id="00000000-0000-0000-0000-000000000000", tenant_id="00000000-0000-0000-0000-000000000001"
)
"""Stands for the subscription of whoever will deploy."""

_REFERENCES: tuple[Rule, ...] = (
    references.dangling_ids,
    references.missing_parents,
    references.missing_dependencies,
    references.cycles,
)


def templates(environment: Environment) -> dict[str, Mapping[str, Any]]:
    """Return the templates of an environment as they are rendered, by stack."""
    return {name.removesuffix(".json"): json.loads(text) for name, text in rendered(build_estate(environment)).items()}


def expanded(stacks: Mapping[str, Mapping[str, Any]], environment: Environment, on: date) -> Graph:
    """Expand the templates of an estate, with samples for what whoever deploys will give."""
    expansions = (
        expand(template, stack=name, scope=SAMPLE_SCOPE, parameters=samples(template))
        for name, template in stacks.items()
    )
    resources = tuple(resource for expansion in expansions for resource in expansion.resources)
    return Graph(resources=resources, environment=environment, on=on)


def find_faults(graph: Graph, types: PublishedTypes | None) -> list[Finding]:
    """Return everything that types, references and rules find; without `types`, what the latter two find."""
    rules: Sequence[Rule] = (*_REFERENCES, *RULES, *([types.check] if types else []))
    return sorted({finding for rule in rules for finding in rule(graph)})


def find_application_faults(environment: Environment, schemas: Path | None) -> list[Finding]:
    """Return what Microsoft Graph would refuse of the application; nothing where its types are not in `schemas`."""
    if schemas is None or not (schemas / GRAPH_TYPES).is_file():
        return []
    faults = GraphTypes(schemas).faults("applications", application_document(environment))
    return [Finding(f"application of {environment.name}", fault, advice) for fault, advice in faults]


def types_in(schemas: Path | None) -> PublishedTypes | None:
    """Return the published types, None where no folder is given."""
    return PublishedTypes(schemas) if schemas else None
