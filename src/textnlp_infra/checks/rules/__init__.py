"""Semantic rules: what no published type knows, each a function over the whole estate."""

from collections.abc import Callable, Iterator

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph
from textnlp_infra.checks.rules import (
    addresses,
    capacity,
    data,
    demands,
    exposure,
    grants,
    identifiers,
    lifetimes,
    messaging,
    policy_documents,
    power,
)

RULES: tuple[Callable[[Graph], Iterator[Finding]], ...] = (
    addresses.subnets_in_network,
    addresses.overlapping_ranges,
    addresses.delegations,
    addresses.least_sizes,
    addresses.guarded_subnets,
    addresses.rule_priorities,
    addresses.open_ports,
    capacity.machines_fit_subnets,
    demands.demanded_values,
    exposure.private_endpoints,
    exposure.endpoint_zones,
    exposure.diagnostic_settings,
    exposure.workspace_of_settings,
    messaging.durations,
    messaging.declared_entities,
    messaging.declared_terms,
    messaging.premium_terms,
    messaging.filter_rules,
    messaging.event_deliveries,
    data.archive_tier,
    data.declared_prefixes,
    data.recoverable_blobs,
    data.database_buffers,
    data.database_servers,
    data.caches,
    grants.known_roles,
    grants.narrow_scopes,
    grants.own_roles,
    lifetimes.kubernetes_versions,
    lifetimes.machine_sizes,
    lifetimes.model_versions,
    identifiers.names,
    identifiers.required_tags,
    identifiers.regions,
    policy_documents.policy_documents,
    power.production_stays_on,
    power.declared_hours,
    power.backups_while_on,
)
"""In the order in which people read them; each yields what it finds."""
