"""Where the platform's services answer on Azure, as a process is told by its environment."""

from collections.abc import Collection
from dataclasses import dataclass

from textnlp.topology import services
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
        audience: whom tokens for the platform's API are for.
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
    audience: str
    watched_by: Resource

    @property
    def message_host(self) -> str:
        """The host of the namespace."""
        return f"{self.messages.name}.servicebus.windows.net"

    def settings(self, identity: Resource, uses: Collection[str]) -> dict[str, SettingValue]:
        """Return the variables of a process that uses these services; it signs in as `identity`, with no secret."""
        told: dict[str, dict[str, SettingValue]] = {
            services.BLOBS: {"TEXTNLP_BLOB_URL": f"azure://{self.blobs.name}"},
            services.DATABASE: {
                "DATABASE_URL": self._database_url(identity),
                "TEXTNLP_DATABASE_AUTHENTICATION": "entra",
            },
            services.EVENTS: {"TEXTNLP_EVENT_GRID_URL": self.events.property("endpoint")},
            services.LOGS: {"APPLICATIONINSIGHTS_CONNECTION_STRING": self.watched_by.property("ConnectionString")},
            services.MESSAGES: {"TEXTNLP_QUEUE_URL": f"servicebus://{self.message_host}"},
            services.MODEL_SERVICE: {
                "TEXTNLP_BASE_URL": f"https://{self.models.account.name}.openai.azure.com/openai/v1",
                "TEXTNLP_MODEL": GPT,
            },
            services.VAULT: {"TEXTNLP_KEY_VAULT_URL": f"https://{self.vault.name}.vault.azure.net"},
        }
        variables: dict[str, SettingValue] = {"AZURE_CLIENT_ID": identity.property("clientId")}
        for service in sorted(uses):
            variables |= told.get(service, {})
        return variables

    def _database_url(self, identity: Resource) -> Expression:
        """Name the identity as the user: it is the name of its role in the database."""
        return concat(f"postgresql://{identity.name}@", self.database, f"/{self.database_name}?sslmode=verify-full")
