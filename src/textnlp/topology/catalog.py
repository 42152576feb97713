"""`TOPOLOGY`: what the platform is, as one value that is checked when this module is imported."""

from textnlp.topology.containers import CONTAINERS, KEPT_PREFIXES, LIFECYCLE_RULES, STORAGE_ACCOUNTS
from textnlp.topology.cost import COST
from textnlp.topology.database import DATABASE_SERVER
from textnlp.topology.declaration import Topology
from textnlp.topology.delivery import CANARY_GATE, CANARY_PERCENTAGES, ENVIRONMENTS
from textnlp.topology.events import EVENT_ROUTES, EVENT_SCHEMA, EVENT_TYPES
from textnlp.topology.file_shares import FILE_SHARES
from textnlp.topology.gateway_rules import GATEWAY_RULES
from textnlp.topology.limits import CALL_LIMITS, CROSS_ORIGIN, LIMITS, RESPONSE_HEADERS
from textnlp.topology.metrics import METRICS
from textnlp.topology.models import (
    EMBEDDED_EMBEDDINGS,
    EMBEDDED_MODEL,
    MODEL_DEPLOYMENTS,
    MODEL_VERSIONS,
    MODELS_AS_OF,
    RETIREMENT_NOTICE_DAYS,
)
from textnlp.topology.node_pools import CLUSTER, MACHINE_SIZES, NODE_POOLS, TRAINING_CLUSTERS
from textnlp.topology.one_off_jobs import ONE_OFF_JOBS
from textnlp.topology.panels import PANELS
from textnlp.topology.queues import QUEUES, TOPICS
from textnlp.topology.records import RECORDS
from textnlp.topology.recovery import BACKUP_POLICIES
from textnlp.topology.regions import REGIONS, SUBNETS
from textnlp.topology.scopes import APPLICATION, PERMISSIONS
from textnlp.topology.secret_names import SECRETS
from textnlp.topology.services import SERVICES
from textnlp.topology.soundness import require_sound
from textnlp.topology.telemetry import (
    ALERTS,
    APPLICATION_MAP,
    LOG_DAILY_CAP_GIGABYTES,
    LOG_RETENTION_DAYS,
    TRACE_SAMPLING_PERCENT,
)
from textnlp.topology.telemetry_store import TELEMETRY_STORE
from textnlp.topology.workloads import PROCESSES

TOPOLOGY = require_sound(
    Topology(
        queues=QUEUES,
        topics=TOPICS,
        event_types=EVENT_TYPES,
        event_routes=EVENT_ROUTES,
        event_schema=EVENT_SCHEMA,
        containers=CONTAINERS,
        storage_accounts=STORAGE_ACCOUNTS,
        lifecycle_rules=LIFECYCLE_RULES,
        kept_prefixes=KEPT_PREFIXES,
        file_shares=FILE_SHARES,
        records=RECORDS,
        limits=LIMITS,
        call_limits=CALL_LIMITS,
        cross_origin=CROSS_ORIGIN,
        gateway=GATEWAY_RULES,
        response_headers=RESPONSE_HEADERS,
        application=APPLICATION,
        permissions=PERMISSIONS,
        secrets=SECRETS,
        model_versions=MODEL_VERSIONS,
        models_as_of=MODELS_AS_OF,
        retirement_notice_days=RETIREMENT_NOTICE_DAYS,
        model_deployments=MODEL_DEPLOYMENTS,
        embedded_model=EMBEDDED_MODEL,
        embedded_embeddings=EMBEDDED_EMBEDDINGS,
        processes=PROCESSES,
        one_off_jobs=ONE_OFF_JOBS,
        services=SERVICES,
        database_server=DATABASE_SERVER,
        machine_sizes=MACHINE_SIZES,
        cluster=CLUSTER,
        node_pools=NODE_POOLS,
        training_clusters=TRAINING_CLUSTERS,
        regions=REGIONS,
        subnets=SUBNETS,
        metrics=METRICS,
        panels=PANELS,
        alerts=ALERTS,
        log_retention_days=LOG_RETENTION_DAYS,
        log_daily_cap_gigabytes=LOG_DAILY_CAP_GIGABYTES,
        trace_sampling_percent=TRACE_SAMPLING_PERCENT,
        telemetry_store=TELEMETRY_STORE,
        application_map=APPLICATION_MAP,
        backup_policies=BACKUP_POLICIES,
        cost=COST,
        environments=ENVIRONMENTS,
        canary_percentages=CANARY_PERCENTAGES,
        canary_gate=CANARY_GATE,
    )
)
