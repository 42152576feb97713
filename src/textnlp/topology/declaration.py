"""The shape of the whole declaration, and how to find one thing in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import IPv4Network

from textnlp.topology.containers import Container, KeptPrefix, LifecycleRule, StorageAccount
from textnlp.topology.cost import Cost
from textnlp.topology.database import DatabaseServer
from textnlp.topology.delivery import CanaryGate, Environment
from textnlp.topology.events import EventRoute, EventType
from textnlp.topology.file_shares import FileShare
from textnlp.topology.gateway_rules import GatewayRules
from textnlp.topology.limits import CallLimit, CrossOrigin, Limits
from textnlp.topology.metrics import Metric
from textnlp.topology.models import EmbeddedModel, ModelDeployment, ModelVersion
from textnlp.topology.node_pools import Cluster, MachineSize, NodePool, TrainingCluster
from textnlp.topology.one_off_jobs import OneOffJob
from textnlp.topology.panels import Panel
from textnlp.topology.processes import Process
from textnlp.topology.queues import Queue, Subscription, Topic, subscription_entity
from textnlp.topology.records import Record
from textnlp.topology.recovery import BackupPolicy
from textnlp.topology.regions import Region, RegionRole, Subnet
from textnlp.topology.scopes import Application, Permission
from textnlp.topology.secret_names import Secret
from textnlp.topology.services import Service
from textnlp.topology.telemetry import Alert
from textnlp.topology.telemetry_store import TelemetryStore


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topology:
    """What the platform is, wherever it runs; each look-up raises `KeyError` with the names there are.

    Attributes:
        response_headers: name and value of headers that every response carries.
        event_schema: schema of events on the way in and on the way out.
        models_as_of: date of the schedule that the retirement dates are from.
        retirement_notice_days: how long before its end something that retires is reported.
        log_retention_days: how long logs, traces and metrics are kept.
        log_daily_cap_gigabytes: what the workspace takes in a day.
        trace_sampling_percent: share of the requests that is traced.
        telemetry_store: what the platform keeps of its own telemetry where no collector gets it.
        application_map: calls between parts, as caller and called; each shows as an edge of one trace.
        canary_percentages: share of the traffic that a change takes, step by step, before it takes all.
    """

    queues: tuple[Queue, ...]
    topics: tuple[Topic, ...]
    event_types: tuple[EventType, ...]
    event_routes: tuple[EventRoute, ...]
    event_schema: str
    containers: tuple[Container, ...]
    storage_accounts: tuple[StorageAccount, ...]
    lifecycle_rules: tuple[LifecycleRule, ...]
    kept_prefixes: tuple[KeptPrefix, ...]
    file_shares: tuple[FileShare, ...]
    records: tuple[Record, ...]
    limits: Limits
    call_limits: tuple[CallLimit, ...]
    cross_origin: CrossOrigin
    gateway: GatewayRules
    response_headers: tuple[tuple[str, str], ...]
    application: Application
    permissions: tuple[Permission, ...]
    secrets: tuple[Secret, ...]
    model_versions: tuple[ModelVersion, ...]
    models_as_of: date
    retirement_notice_days: int
    model_deployments: tuple[ModelDeployment, ...]
    embedded_model: EmbeddedModel
    embedded_embeddings: EmbeddedModel
    processes: tuple[Process, ...]
    one_off_jobs: tuple[OneOffJob, ...]
    services: tuple[Service, ...]
    database_server: DatabaseServer
    machine_sizes: tuple[MachineSize, ...]
    cluster: Cluster
    node_pools: tuple[NodePool, ...]
    training_clusters: tuple[TrainingCluster, ...]
    regions: tuple[Region, ...]
    subnets: tuple[Subnet, ...]
    metrics: tuple[Metric, ...]
    panels: tuple[Panel, ...]
    alerts: tuple[Alert, ...]
    log_retention_days: int
    log_daily_cap_gigabytes: int
    trace_sampling_percent: int
    telemetry_store: TelemetryStore
    application_map: tuple[tuple[str, str], ...]
    backup_policies: tuple[BackupPolicy, ...]
    cost: Cost
    environments: tuple[Environment, ...]
    canary_percentages: tuple[int, ...]
    canary_gate: CanaryGate

    def queue(self, name: str) -> Queue:
        """Find a queue."""
        for queue in self.queues:
            if queue.name == name:
                return queue
        raise KeyError(_unknown("queue", name, (queue.name for queue in self.queues)))

    def entities(self) -> dict[str, Queue | Topic | Subscription]:
        """Return all that messages are sent to or received from, by name; a subscription's is `topic/subscription`."""
        entities: dict[str, Queue | Topic | Subscription] = {queue.name: queue for queue in self.queues}
        for topic in self.topics:
            entities[topic.name] = topic
            for subscription in topic.subscriptions:
                entities[subscription_entity(topic.name, subscription.name)] = subscription
        return entities

    def entity(self, name: str) -> Queue | Topic | Subscription:
        """Find a queue, a topic, or a subscription as `topic/subscription`."""
        entities = self.entities()
        if name not in entities:
            raise KeyError(_unknown("entity", name, entities))
        return entities[name]

    def prefixes(self) -> tuple[str, ...]:
        """Return every prefix of every container."""
        return tuple(prefix for container in self.containers for prefix in container.prefixes)

    def storage_account_of(self, prefix: str) -> StorageAccount:
        """Find the account that serves a prefix."""
        for account in self.storage_accounts:
            if prefix in account.prefixes:
                return account
        raise KeyError(_unknown("prefix", prefix, self.prefixes()))

    def process(self, name: str) -> Process:
        """Find a process."""
        for process in self.processes:
            if process.name == name:
                return process
        raise KeyError(_unknown("process", name, (process.name for process in self.processes)))

    def service(self, name: str) -> Service:
        """Find a service."""
        for service in self.services:
            if service.name == name:
                return service
        raise KeyError(_unknown("service", name, (service.name for service in self.services)))

    def record(self, name: str) -> Record:
        """Find a kind of record."""
        for record in self.records:
            if record.name == name:
                return record
        raise KeyError(_unknown("record", name, (record.name for record in self.records)))

    def backup_policy(self, destination: str) -> BackupPolicy:
        """Return the policy of the backups under a prefix; raise `KeyError` where there is none."""
        for policy in self.backup_policies:
            if policy.destination == destination:
                return policy
        known = (policy.destination or policy.name for policy in self.backup_policies)
        raise KeyError(_unknown("backup destination", destination, known))

    def permission(self, value: str) -> Permission:
        """Find a permission by the value that stands in tokens."""
        for permission in self.permissions:
            if permission.value == value:
                return permission
        raise KeyError(_unknown("permission", value, (permission.value for permission in self.permissions)))

    def call_limit(self, name: str) -> CallLimit:
        """Find a limit on calls or tokens."""
        for limit in self.call_limits:
            if limit.name == name:
                return limit
        raise KeyError(_unknown("limit", name, (limit.name for limit in self.call_limits)))

    def region(self, role: RegionRole) -> Region:
        """Find the region that has a role."""
        for region in self.regions:
            if region.role is role:
                return region
        raise KeyError(_unknown("region with role", role, (region.role for region in self.regions)))

    def subnet(self, name: str) -> Subnet:
        """Find a subnet."""
        for subnet in self.subnets:
            if subnet.name == name:
                return subnet
        raise KeyError(_unknown("subnet", name, (subnet.name for subnet in self.subnets)))

    def subnet_cidr(self, name: str, *, region: Region) -> str:
        """Return where a subnet lies in `region`: as far from the network's start as in the primary region."""
        network = IPv4Network(self.subnet(name).cidr)
        primary = IPv4Network(self.region(RegionRole.PRIMARY).vnet_cidr)
        offset = int(network.network_address) - int(primary.network_address)
        return f"{IPv4Network(region.vnet_cidr).network_address + offset}/{network.prefixlen}"

    def retiring(self, on: date) -> list[str]:
        """List what the platform stands on that ends within the notice after `on`, as sentences; soonest first."""
        deployed = {(deployment.model, deployment.version) for deployment in self.model_deployments}
        sizes = {pool.machine_size for pool in (*self.node_pools, *self.training_clusters)}
        ends = [(f"Kubernetes {self.cluster.kubernetes_version}", self.cluster.supported_until)]
        ends += [
            (f"model {version.name} {version.version}", version.retires_on)
            for version in self.model_versions
            if version.retires_on and (version.name, version.version) in deployed
        ]
        ends += [
            (f"machine size {size.name}", size.retires_on)
            for size in self.machine_sizes
            if size.retires_on and size.name in sizes
        ]
        notice = timedelta(days=self.retirement_notice_days)
        return [f"{what} ends on {day.isoformat()}" for what, day in sorted(ends, key=_by_day) if day - notice <= on]


def _by_day(end: tuple[str, date]) -> date:
    return end[1]


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f"there is no {kind} '{name}'; there are {', '.join(sorted(known))}"
