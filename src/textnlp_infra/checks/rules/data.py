"""Data at rest: tiers against redundancy, what is kept and for how long, and a database that its machine can hold."""

from collections.abc import Iterator

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import ARCHIVE_TIER_REDUNDANCIES
from textnlp.topology.database import PAGE_BYTES
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, part, texts
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue
from textnlp_infra.policies import COST_EXPORTS, FUNCTION_CODE, UNDELIVERED_EVENTS

_ACCOUNT = "Microsoft.Storage/storageAccounts"
_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_CLUSTER = "Microsoft.Cache/redisEnterprise"
_GEO = ("GRS", "GZRS")
_BUFFER_SHARE = (0.10, 0.75)
_SINGLE_SERVER_FIELDS = frozenset({"sslEnforcement", "minimalTlsVersion", "storageProfile"})
_UNLINKED_SIZES = frozenset({"Balanced_B0", "Balanced_B1"})
"""Sizes that active geo-replication does not take."""


def archive_tier(graph: Graph) -> Iterator[Finding]:
    """Yield rules that archive blobs in an account whose redundancy knows no archive."""
    for account in graph.of_type(_ACCOUNT):
        redundancy = account.get("sku.name")
        for policy in graph.children(account, "managementPolicies"):
            for rule in items(part(policy.properties, "policy").get("rules")):
                actions = part(part(rule, "definition"), "actions")
                archives = any("tierToArchive" in part(actions, state) for state in actions)
                if archives and redundancy not in ARCHIVE_TIER_REDUNDANCIES:
                    yield found(
                        policy,
                        f"rule '{rule.get('name')}' archives in an account of {redundancy}",
                        f"write tierToCold, or an account of {', '.join(sorted(ARCHIVE_TIER_REDUNDANCIES))}",
                    )


def declared_prefixes(graph: Graph) -> Iterator[Finding]:
    """Yield containers that the topology does not know, and lifecycle rules about prefixes that nothing writes."""
    containers = {container.name for container in TOPOLOGY.containers} | {
        COST_EXPORTS,
        UNDELIVERED_EVENTS,
        FUNCTION_CODE,
    }
    prefixes = TOPOLOGY.prefixes()
    for container in graph.of_type(f"{_ACCOUNT}/blobServices/containers"):
        name = container.name.rpartition("/")[2]
        if name not in containers:
            yield found(container, f"'{name}' is not in the topology", f"write one of {', '.join(sorted(containers))}")
        if container.properties.get("publicAccess") != "None":
            yield found(container, "its blobs can be read by anybody", "write publicAccess: None")
    for policy in graph.of_type(f"{_ACCOUNT}/managementPolicies"):
        for rule in items(part(policy.properties, "policy").get("rules")):
            for prefix in texts(part(part(rule, "definition"), "filters").get("prefixMatch")):
                if prefix.rstrip("/") not in prefixes:
                    yield found(
                        policy,
                        f"rule '{rule.get('name')}' is about '{prefix}', which is not in the topology",
                        f"write one of {', '.join(prefixes)}",
                    )


def _holds_data(graph: Graph, account: ExpandedResource) -> bool:
    """Return whether an account holds a container of the topology; what services keep for themselves is made again."""
    declared = {container.name for container in TOPOLOGY.containers}
    held = graph.children(account, "blobServices/containers")
    return any(container.name.rpartition("/")[2] in declared for container in held)


def recoverable_blobs(graph: Graph) -> Iterator[Finding]:
    """Yield accounts in which a deleted blob is gone, and copies that lie in no declared region."""
    for service in graph.of_type(f"{_ACCOUNT}/blobServices"):
        for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
            if not part(service.properties, policy).get("enabled"):
                yield found(service, f"{policy} is off", f"write {policy}: {{enabled: true, days: 35}}")
    names = {region.name for region in TOPOLOGY.regions}
    pairs = {region.name: region.paired_with for region in TOPOLOGY.regions}
    for account in graph.of_type(_ACCOUNT):
        region = str(account.body.get("location"))
        is_copied = str(account.get("sku.name")).removeprefix("Standard_").removeprefix("RA") in _GEO
        if is_copied and pairs.get(region) not in names:
            yield found(account, f"is copied to {pairs.get(region)}, which is not declared", "declare the pair")
        if graph.environment.is_production and _holds_data(graph, account) and not is_copied:
            yield found(account, f"{account.get('sku.name')} stays in one region", "write Standard_RAGZRS")


def database_buffers(graph: Graph) -> Iterator[Finding]:
    """Yield buffers that the server refuses: less than a tenth or more than three quarters of its memory."""
    memory = {graph.environment.sizes.database.machine_size: graph.environment.sizes.database.memory_gib}
    for server in graph.of_type(_SERVER):
        gibibytes = memory.get(str(server.get("sku.name")))
        if gibibytes is None:
            yield found(server, f"nobody knows the memory of {server.get('sku.name')}", f"write {next(iter(memory))}")
            continue
        for setting in graph.children(server, "configurations"):
            name, value = setting.name.rpartition("/")[2], str(setting.properties.get("value"))
            if name != "shared_buffers":
                continue
            if not value.isdigit():
                yield found(setting, f"shared_buffers is {value!r}", "write a bare number of 8 kB pages")
                continue
            share = int(value) * PAGE_BYTES / (gibibytes * 1024**3)
            if not _BUFFER_SHARE[0] <= share <= _BUFFER_SHARE[1]:
                pages = gibibytes * 1024**3 // PAGE_BYTES // 4
                yield found(setting, f"shared_buffers is {share:.1%} of {gibibytes} GiB", f"write {pages}, a quarter")


def database_servers(graph: Graph) -> Iterator[Finding]:
    """Yield fields of the retired single server, a standby beside its primary, and replicas unlike their source."""
    for server in graph.of_type(_SERVER):
        for name in sorted(_SINGLE_SERVER_FIELDS & server.properties.keys()):
            yield found(server, f"{name} is a field of the retired single server", "use server parameters instead")
        high = part(server.properties, "highAvailability")
        zone, standby = server.properties.get("availabilityZone"), high.get("standbyAvailabilityZone")
        if high.get("mode") == "ZoneRedundant" and (zone is None or zone == standby):
            yield found(server, f"primary and standby are both in zone {zone}", "write two zones")
        if graph.environment.is_production and not _is_replica(server) and high.get("mode") != "ZoneRedundant":
            yield found(server, f"high availability is {high.get('mode')!r}", "write mode: ZoneRedundant")
        source = graph.find(server.properties.get("sourceServerResourceId")) if _is_replica(server) else None
        for path in ("sku.name", "properties.version", "properties.storage.storageSizeGB") if source else ():
            if source and server.get(path) != source.get(path):
                yield found(server, f"{path} is {server.get(path)!r}", f"write {source.get(path)!r}, as its source has")


def caches(graph: Graph) -> Iterator[Finding]:
    """Yield linked caches of a size that cannot be linked, or of two sizes."""
    linked = {
        database.name.partition("/")[0]: part(database.properties, "geoReplication").get("linkedDatabases")
        for database in graph.of_type(f"{_CLUSTER}/databases")
    }
    clusters = [cluster for cluster in graph.of_type(_CLUSTER) if linked.get(cluster.name)]
    sizes = sorted({str(cluster.get("sku.name")) for cluster in clusters})
    for cluster in clusters:
        if cluster.get("sku.name") in _UNLINKED_SIZES:
            yield found(cluster, f"{cluster.get('sku.name')} cannot be linked", "write Balanced_B3 or larger")
        if len(sizes) > 1:
            yield found(cluster, f"linked caches are of {' and '.join(sizes)}", "write one size for all")


def _is_replica(server: ExpandedResource) -> bool:
    mode = server.properties.get("createMode")
    return isinstance(mode, str) and not isinstance(mode, RuntimeValue) and mode == "Replica"
