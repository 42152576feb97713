"""Elements of the design that keep data, carry messages and run without a server."""

from textnlp_infra.coverage.element import Element
from textnlp_infra.coverage.seeking import seek

_DATA = "5. Data storage architecture"
_MESSAGES = "6. Message queue and event processing"
_SERVERLESS = "7. Serverless components"
_ACCOUNT = "Storage/storageAccounts"
_SERVER = "DBforPostgreSQL/flexibleServers"

DATA_SERVICES = (
    Element(
        heading=_DATA,
        name="Storage account, zone-redundant, TLS 1.2, closed",
        sought=(
            seek(_ACCOUNT, "*data", "sku.name", "Standard_RAGZRS"),
            seek(_ACCOUNT, "*archive", "sku.name", "Standard_RAGRS"),
            seek(_ACCOUNT, "*data", "properties.minimumTlsVersion", "TLS1_2"),
        ),
        instead="A second account for the archive, as zone-redundant accounts have no archive tier",
    ),
    *(
        Element(
            heading=_DATA,
            name=f"Container {name}",
            sought=(seek(f"{_ACCOUNT}/blobServices/containers", f"*data/default/{name}"),),
        )
        for name in ("prompts", "generations", "models", "validation", "backups")
    ),
    Element(
        heading=_DATA,
        name="Lifecycle: cool, archive, delete",
        sought=(seek(f"{_ACCOUNT}/managementPolicies"),),
        instead="Cold in the place of the archive tier in the hot account",
    ),
    Element(
        heading=_DATA,
        name="PostgreSQL 15, eight cores, 512 GB, 35 days, geo-redundant backup",
        sought=(
            seek(_SERVER, at="properties.storage.storageSizeGB", is_=512),
            seek(_SERVER, at="properties.backup.backupRetentionDays", is_=35),
            seek(_SERVER, at="properties.backup.geoRedundantBackup", is_="Enabled"),
        ),
        instead="A later version, on machines of a generation that is still sold",
    ),
    Element(
        heading=_DATA,
        name="PostgreSQL high availability over zones",
        sought=(seek(_SERVER, at="properties.highAvailability.mode", is_="ZoneRedundant"),),
    ),
    *(
        Element(
            heading=_DATA, name=f"PostgreSQL parameter {name}", sought=(seek(f"{_SERVER}/configurations", f"*/{name}"),)
        )
        for name in ("max_connections", "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem")
    ),
    Element(
        heading=_DATA,
        name="PostgreSQL over TLS, closed to the Internet",
        sought=(
            seek(f"{_SERVER}/configurations", "*/require_secure_transport", "properties.value", "on"),
            seek(_SERVER, at="properties.network.publicNetworkAccess", is_="Disabled"),
            seek("Network/privateEndpoints", "pep-psql-*"),
        ),
    ),
    Element(
        heading=_MESSAGES,
        name="Service Bus Premium with a key of one's own",
        sought=(
            seek("ServiceBus/namespaces", at="sku.name", is_="Premium"),
            seek("ServiceBus/namespaces", at="properties.encryption.keySource", is_="Microsoft.KeyVault"),
            seek("KeyVault/vaults/keys", "*/servicebus-key"),
        ),
    ),
    Element(
        heading=_MESSAGES,
        name="Queue text-generation-queue",
        sought=(seek("ServiceBus/namespaces/queues", "*/text-generation-queue"),),
        instead="Not partitioned: on Premium that is the namespace's choice",
    ),
    Element(
        heading=_MESSAGES,
        name="Queue batch-processing-queue",
        sought=(seek("ServiceBus/namespaces/queues", "*/batch-processing-queue"),),
        instead="Locked for five minutes, the longest there is, and renewed while work goes on",
    ),
    Element(
        heading=_MESSAGES,
        name="Topic generation-events with its two subscriptions",
        sought=(
            seek("ServiceBus/namespaces/topics", "*/generation-events"),
            seek("ServiceBus/namespaces/topics/subscriptions", "*/validation-sub"),
            seek("ServiceBus/namespaces/topics/subscriptions", "*/monitoring-sub"),
        ),
    ),
    Element(
        heading=_MESSAGES,
        name="Rules completed-only and all-events",
        sought=(
            seek("ServiceBus/namespaces/topics/subscriptions/rules", "*/validation-sub/*", "properties.sqlFilter"),
            seek("ServiceBus/namespaces/topics/subscriptions/rules", "*/monitoring-sub/*"),
        ),
        instead="Both are named $Default, so that the rule Azure adds takes nothing beside them",
    ),
    Element(
        heading=_MESSAGES,
        name="Event Grid topic, closed to the Internet",
        sought=(seek("EventGrid/topics", at="properties.publicNetworkAccess", is_="Disabled"),),
        instead="With the schema of CloudEvents",
    ),
    Element(
        heading=_MESSAGES,
        name="Event subscription generation-completed into validation-queue",
        sought=(
            seek("EventGrid/topics/eventSubscriptions", "*/generation-completed"),
            seek("ServiceBus/namespaces/queues", "*/validation-queue"),
        ),
    ),
    Element(
        heading=_SERVERLESS,
        name="Function app in Python",
        sought=(
            seek("Web/sites", "*functions", "properties.functionAppConfig.runtime.name", "python"),
            seek("Web/serverfarms", "*functions", "sku.name", "FC1"),
        ),
        files=("functions/function_app.py", "functions/host.json"),
        instead="Flex Consumption, with identities in the place of secrets",
    ),
    Element(
        heading=_SERVERLESS,
        name="Batch processing trigger",
        sought=(seek("EventGrid/systemTopics", "*storage-events"),),
        files=("functions/function_app.py",),
        instead="Told by Event Grid instead of looking into the container",
    ),
    Element(heading=_SERVERLESS, name="Token usage calculator", files=("functions/function_app.py",)),
    Element(
        heading=_SERVERLESS,
        name="Workflow: parse, generate, validate, store",
        sought=(seek("Web/sites", "*workflows"), seek("Web/serverfarms", "*workflows", "sku.name", "WS1")),
        files=("logic_app/generate-validate-store/workflow.json", "logic_app/connections.json"),
        instead="Logic Apps Standard inside the network, one action after another",
    ),
)
