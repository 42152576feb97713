"""Where the platform's services answer on Azure, as a process is told by its environment."""

from dataclasses import dataclass

from textnlp.topology.models import GPT
from textnlp_infra.arm import Expression, Resource, concat
from textnlp_infra.components.models import Models

SettingValue = str | Expression


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServiceAddresses:
    """The services of a platform.

    Attributes:
        database: the server's host name.
        database_name: of the database on it.
        messages: the namespace of the queues.
        events: the topic that events are published to.
        blobs: the account of the platform's blobs.
        vault: where secrets are.
        gateway_host: where the gateway answers inside the network.
        watched_by: Application Insights.
    """

    database: SettingValue
    database_name: str
    messages: Resource
    events: Resource
    blobs: Resource
    vault: Resource
    models: Models
    gateway_host: str
    watched_by: Resource

    @property
    def message_host(self) -> str:
        """The host of the namespace."""
        return f"{self.messages.name}.servicebus.windows.net"

    def settings(self, identity: Resource) -> dict[str, SettingValue]:
        """Return the variables that every process gets; it signs in to everything as `identity`, with no secret."""
        return {
            "APPLICATIONINSIGHTS_CONNECTION_STRING": self.watched_by.property("ConnectionString"),
            "AZURE_CLIENT_ID": identity.property("clientId"),
            "DATABASE_URL": self._database_url(identity),
            "TEXTNLP_BASE_URL": f"https://{self.models.account.name}.openai.azure.com/openai/v1",
            "TEXTNLP_BLOB_URL": f"azure://{self.blobs.name}",
            "TEXTNLP_DATABASE_AUTHENTICATION": "entra",
            "TEXTNLP_EVENT_GRID_URL": self.events.property("endpoint"),
            "TEXTNLP_KEY_VAULT_URL": f"https://{self.vault.name}.vault.azure.net",
            "TEXTNLP_MODEL": GPT,
            "TEXTNLP_QUEUE_URL": f"servicebus://{self.message_host}",
        }

    def _database_url(self, identity: Resource) -> Expression:
        """Name the identity as the user: it is the name of its role in the database."""
        return concat(f"postgresql://{identity.name}@", self.database, f"/{self.database_name}?sslmode=verify-full")
