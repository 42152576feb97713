"""Services: the parts the platform stands on, on Azure and on a laptop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """A part with one role and two ways to have it.

    Attributes:
        name: its role, as processes name what they use.
        on_azure: the Azure service.
        tier: its tier or SKU, as Azure names it; empty where there is none to choose.
        capacity: units of the tier to begin with, None where it has none.
        on_laptop: what does the same with nothing but Python; empty where a laptop needs none.
        replicated_by: what brings it, with its data, to the second region; empty where nothing of it is kept.
        failover: who makes the second region the first.
        ports: where it answers processes on Azure, over TCP; empty where none of them calls it.
        is_optional: left out unless asked for.
    """

    name: str
    on_azure: str
    on_laptop: str = ""
    tier: str = ""
    capacity: int | None = None
    replicated_by: str = ""
    failover: str = ""
    ports: tuple[int, ...] = ()
    is_optional: bool = False


BREAK_GLASS_ROUTING = "break-glass-routing"
EDGE = "edge"
APPLICATION_GATEWAY = "application-gateway"
VPN = "vpn"
GATEWAY = "gateway"
CLUSTER_SERVICE = "cluster"
MODEL_SERVICE = "models"
BLOBS = "blobs"
DATABASE = "database"
CACHE = "cache"
MESSAGES = "messages"
EVENTS = "events"
VAULT = "vault"
IDENTITY = "identity"
LOGS = "logs"
CONFIGURATION = "configuration"
FUNCTION_APP = "function-app"
LOGIC_APP = "logic-app"
JOBS = "container-jobs"
MACHINE_LEARNING = "machine-learning"

SERVICES = (
    Service(
        name=BREAK_GLASS_ROUTING,
        on_azure="Traffic Manager, in front of Front Door",
        tier="Priority",
        is_optional=True,
    ),
    Service(name=EDGE, on_azure="Front Door with WAF and private link", tier="Premium_AzureFrontDoor"),
    Service(name=APPLICATION_GATEWAY, on_azure="Application Gateway with WAF", tier="WAF_v2", capacity=2),
    Service(name=VPN, on_azure="VPN gateway", tier="VpnGw1AZ", is_optional=True),
    Service(
        name=GATEWAY,
        on_azure="API Management, inside the network",
        on_laptop="the API applies the same rules itself",
        tier="Premium",
        capacity=3,
    ),
    Service(
        name=CLUSTER_SERVICE,
        on_azure="Kubernetes Service",
        on_laptop="one process",
        tier="Standard",
        replicated_by="the same stamp in every region, with images copied by the registry",
        failover="Front Door leaves an origin that fails its probe",
    ),
    Service(name="registry", on_azure="Container Registry", tier="Premium"),
    Service(
        name=MODEL_SERVICE,
        on_azure="Azure OpenAI; vLLM on the GPU pools",
        on_laptop="the embedded model, or any OpenAI-compatible URL",
        tier="S0",
        ports=(443,),
    ),
    Service(name=MACHINE_LEARNING, on_azure="Azure Machine Learning", tier="Basic"),
    Service(
        name=BLOBS,
        on_azure="Blob Storage",
        on_laptop="a folder",
        tier="StorageV2",
        replicated_by="RA-GZRS to the paired region, RA-GRS for the archive",
        failover="failed over by hand",
        ports=(443,),
    ),
    Service(name="files", on_azure="Azure Files", on_laptop="a folder", tier="Premium"),
    Service(
        name=DATABASE,
        on_azure="Database for PostgreSQL, flexible server",
        on_laptop="embedded PostgreSQL",
        replicated_by="a read replica behind a virtual endpoint",
        failover="promoted by hand; the replica has no standby and no backups until then",
        ports=(5_432,),
    ),
    Service(
        name=CACHE,
        on_azure="Managed Redis",
        on_laptop="counts inside the process, or Redis by URL",
        tier="Balanced_B10",
        replicated_by="active geo-replication of two equal caches",
        failover="both take writes",
        ports=(10_000,),
    ),
    Service(name="semantic-cache", on_azure="Managed Redis with RediSearch, of the gateway", tier="Balanced_B5"),
    Service(
        name=MESSAGES,
        on_azure="Service Bus",
        on_laptop="queues in PostgreSQL",
        tier="Premium",
        capacity=1,
        replicated_by="geo-data replication of the namespace",
        failover="promoted by hand",
        ports=(443, 5_671),
    ),
    Service(
        name=EVENTS,
        on_azure="Event Grid",
        on_laptop="the same queues, sent to directly",
        tier="Basic",
        ports=(443,),
    ),
    Service(name=FUNCTION_APP, on_azure="Functions, Flex Consumption", on_laptop="timers of the worker", tier="FC1"),
    Service(name=LOGIC_APP, on_azure="Logic Apps Standard", tier="WS1", capacity=1),
    Service(name="batch-compute", on_azure="Batch account with a pool", on_laptop="the machine's cores"),
    Service(name=JOBS, on_azure="Container Instances", on_laptop="the command line"),
    Service(
        name=VAULT,
        on_azure="Key Vault",
        on_laptop="environment, or a file only its owner reads",
        tier="premium",
        ports=(443,),
    ),
    Service(name=IDENTITY, on_azure="Entra ID", on_laptop="an issuer inside the platform", ports=(443,)),
    Service(
        name=CONFIGURATION,
        on_azure="committed templates and manifests",
        on_laptop="settings and the data directory's files",
    ),
    Service(
        name=LOGS,
        on_azure="Log Analytics, Application Insights",
        on_laptop="tables in PostgreSQL",
        tier="PerGB2018",
        ports=(443,),
    ),
    Service(name="posture", on_azure="Defender for Cloud", tier="Standard"),
    Service(name="detection", on_azure="Sentinel", tier="PerGB"),
    Service(name="backup-vault", on_azure="Backup vault", on_laptop="a folder", tier="ZoneRedundant"),
)
