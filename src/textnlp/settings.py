"""Where this process runs: the only reader of the environment."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ConfigDict, Field, ValidationError

from textnlp.domain.backups.settings import BackupSettings
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.telemetry.keeping import TelemetryKeeping

_PREFIX = "TEXTNLP_"
_PLAIN_NAMES = {
    "database_url": "DATABASE_URL",
    "redis_url": "REDIS_URL",
    "otlp_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT",
    "application_insights": "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "azure_subscription": "AZURE_SUBSCRIPTION_ID",
}
_APPLICATION = "textnlp"


class LogFormat(StrEnum):
    """How lines of logs are written."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class ServiceAuthentication(StrEnum):
    """How this process shows a service who it is."""

    PASSWORD = "password"  # noqa: S105  none
    ENTRA = "entra"


class Settings(BackupSettings):
    """Settings of one process, each from the environment variable that its description names.

    What the platform is (queues, limits, retention) is not here but in `textnlp.topology`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir(_APPLICATION)),
        description="TEXTNLP_DATA_DIR: folder of the embedded database and of the blobs.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir(_APPLICATION)),
        description="TEXTNLP_CACHE_DIR: folder of what can be fetched again, such as the model file.",
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="DATABASE_URL: a PostgreSQL of version 15 or later to use instead of the embedded one.",
    )
    database_authentication: ServiceAuthentication = Field(
        default=ServiceAuthentication.PASSWORD,
        description=(
            "TEXTNLP_DATABASE_AUTHENTICATION: entra where the database takes tokens of Microsoft Entra ID in place of "
            "a password, as Azure Database for PostgreSQL does; needs the extra azure."
        ),
    )
    queue_url: str | None = Field(
        default=None,
        repr=False,
        description=(
            "TEXTNLP_QUEUE_URL: a Service Bus namespace to keep the queues in instead of the database, as "
            "servicebus://NAMESPACE.servicebus.windows.net; needs the extra azure."
        ),
    )
    event_grid_url: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_EVENT_GRID_URL: a topic of Azure Event Grid to publish events to instead of the platform's own "
            "queues, as https://NAME.REGION-1.eventgrid.azure.net/api/events; needs the extra azure."
        ),
    )
    blob_url: str | None = Field(
        default=None,
        repr=False,
        description=(
            "TEXTNLP_BLOB_URL: a storage account to keep the blobs in instead of the data folder, as azure://ACCOUNT; "
            "needs the extra azure."
        ),
    )
    download_link_bytes: int | None = Field(
        default=None,
        ge=0,
        description=(
            "TEXTNLP_DOWNLOAD_LINK_BYTES: size from which files in that storage account are fetched from it by a link "
            "good for 15 minutes, which takes callers that can reach it; the API sends all files itself where unset."
        ),
    )
    model_file: Path | None = Field(
        default=None,
        description="TEXTNLP_MODEL_FILE: a GGUF file to run instead of the model that comes with the platform.",
    )
    models: Path | None = Field(
        default=None,
        description="TEXTNLP_MODELS: a YAML file that declares deployments, and aliases for them.",
    )
    base_url: str | None = Field(
        default=None,
        description="TEXTNLP_BASE_URL: an OpenAI-compatible endpoint to ask instead of the embedded model.",
    )
    model: str | None = Field(
        default=None,
        description="TEXTNLP_MODEL: the model asked where none is named.",
    )
    api_key_env: str | None = Field(
        default=None,
        description="TEXTNLP_API_KEY_ENV: name of the environment variable that holds the endpoint's key.",
    )
    key_vault_url: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_KEY_VAULT_URL: an Azure Key Vault, as https://NAME.vault.azure.net; wherever the name of an "
            "environment variable with a key is asked for, keyvault:NAME then names a secret in it; needs the extra "
            "azure."
        ),
    )
    concurrency: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="TEXTNLP_CONCURRENCY: calls in flight at most; the engine's own measure where unset.",
    )
    authentication: bool = Field(
        default=True,
        description="TEXTNLP_AUTHENTICATION: whether callers must say who they are; off only for this machine itself.",
    )
    issuer: str | None = Field(
        default=None,
        description="TEXTNLP_ISSUER: OpenID Connect issuer whose tokens are accepted beside those of this platform.",
    )
    client_ids: str = Field(
        default="",
        description="TEXTNLP_CLIENT_IDS: audiences that tokens may name beside the platform's own, comma-separated.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\\]+/?$",
        description=(
            "TEXTNLP_PUBLIC_URL: where browsers reach the platform, such as https://text.example.org, where a proxy "
            "before it ends TLS or changes the Host header; else it is read from each request."
        ),
    )
    console_client_id: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_CONSOLE_CLIENT_ID: what the console is to that issuer, so that people sign in to it there; its "
            "redirect URI is /console/signed-in on the platform's address."
        ),
    )
    console_client_secret_env: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_CONSOLE_CLIENT_SECRET_ENV: name of the environment variable that holds the secret of that client; "
            "none for a public client."
        ),
    )
    console_scopes: str = Field(
        default="openid offline_access api://textnlp/.default",
        pattern=r"^(.* )?openid( .*)?$",
        description=(
            "TEXTNLP_CONSOLE_SCOPES: what the console asks that issuer for; openid is needed, and refresh tokens come "
            "with offline_access at most issuers."
        ),
    )
    redis_url: str | None = Field(
        default=None,
        repr=False,
        description="REDIS_URL: a Redis in which several processes count calls together; each by itself where unset.",
    )
    redis_authentication: ServiceAuthentication = Field(
        default=ServiceAuthentication.PASSWORD,
        description=(
            "TEXTNLP_REDIS_AUTHENTICATION: entra where that Redis takes tokens of Microsoft Entra ID in place of a "
            "password, as Azure Managed Redis does; needs the extra azure."
        ),
    )
    allow_private_webhooks: bool = Field(
        default=False,
        description=(
            "TEXTNLP_ALLOW_PRIVATE_WEBHOOKS: whether webhooks, and services that checks ask, may be http and lead into "
            "the platform's own network; for a laptop, where they run beside it."
        ),
    )
    content_safety_endpoint: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_CONTENT_SAFETY_ENDPOINT: an Azure AI Content Safety resource that checks of kind "
            "content_safety ask, such as https://name.cognitiveservices.azure.com; it is charged "
            "whoever the rows are from."
        ),
    )
    content_safety_key_env: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_CONTENT_SAFETY_KEY_ENV: name of the environment variable that holds a key of that resource."
        ),
    )
    content_safety_token_env: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_CONTENT_SAFETY_TOKEN_ENV: name of the environment variable that holds an Entra ID token for "
            "https://cognitiveservices.azure.com, in place of a key."
        ),
    )
    batch_url: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_BATCH_URL: an Azure Batch account, https://NAME.REGION.batch.azure.com, for validate --on batch."
        ),
    )
    batch_pool: str | None = Field(
        default=None,
        description="TEXTNLP_BATCH_POOL: the pool of that account whose machines run the tasks.",
    )
    batch_image: str | None = Field(
        default=None,
        description="TEXTNLP_BATCH_IMAGE: the image of the tasks: the one for validation, in this version.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        description=(
            "OTEL_EXPORTER_OTLP_ENDPOINT: a collector that traces and metrics are sent to by OTLP over HTTP, such as "
            "http://localhost:4318; needs the extra otlp."
        ),
    )
    application_insights: str | None = Field(
        default=None,
        repr=False,
        description=(
            "APPLICATIONINSIGHTS_CONNECTION_STRING: an Application Insights resource that traces and metrics are sent "
            "to; needs the extra azure."
        ),
    )
    keep_telemetry: TelemetryKeeping = Field(
        default=TelemetryKeeping.AUTO,
        description=(
            "TEXTNLP_KEEP_TELEMETRY: whether traces, metrics and the log are kept in the database, where textnlp top "
            "looks: on or off; auto keeps them in textnlp up, and in textnlp serve where no collector is set."
        ),
    )
    record_texts: bool = Field(
        default=False,
        description=(
            "TEXTNLP_RECORD_TEXTS: whether traces hold prompts and completions, with personal data and secrets taken "
            "out of them."
        ),
    )
    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description=(
            "TEXTNLP_LOG_FORMAT: text or json, one object a line with trace_id and span_id; auto is text on a "
            "terminal and json elsewhere."
        ),
    )
    token: str | None = Field(
        default=None,
        repr=False,
        description="TEXTNLP_TOKEN: token or API key that client commands send; one of this machine where unset.",
    )
    schemas: Path | None = Field(
        default=None,
        description=(
            "TEXTNLP_SCHEMAS: folder with azure-types/, made from Azure/bicep-types-az, for textnlp azure check."
        ),
    )
    azure_subscription: str | None = Field(
        default=None,
        pattern=r"^[0-9a-fA-F-]{36}$",
        description="AZURE_SUBSCRIPTION_ID: subscription that textnlp azure deploys to.",
    )
    log_analytics: str = Field(
        default="https://api.loganalytics.io",
        pattern="^https://[^/]+$",
        description=(
            "TEXTNLP_LOG_ANALYTICS: query service of Log Analytics, for clouds that have one of their own; tokens are "
            "asked for this address."
        ),
    )
    microsoft_graph: str = Field(
        default="https://graph.microsoft.com",
        pattern="^https://[^/]+$",
        description=(
            "TEXTNLP_MICROSOFT_GRAPH: Microsoft Graph, for clouds that have one of their own; tokens are asked for "
            "this address."
        ),
    )
    revision: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.]{1,40}$",
        description=(
            "TEXTNLP_REVISION: commit that this process is made from; images set it. Telemetry says VERSION+REVISION "
            "with it, so that two builds of a version are told apart."
        ),
    )
    resource_manager: str = Field(
        default="https://management.azure.com",
        pattern="^https://",
        description=(
            "TEXTNLP_RESOURCE_MANAGER: Azure Resource Manager, for clouds that have one of their own; tokens are asked "
            "for this address."
        ),
    )
    server: str | None = Field(
        default=None,
        description="TEXTNLP_SERVER: address of the platform that client commands talk to.",
    )

    @property
    def postgres_dir(self) -> Path:
        """Folder of the embedded database."""
        return self.data_dir / "postgres"

    @property
    def identity_dir(self) -> Path:
        """Folder of the key that the platform signs its own tokens with."""
        return self.data_dir / "identity"

    @property
    def blobs_dir(self) -> Path:
        """Folder of the blobs, one folder a container in it."""
        return self.data_dir / "blobs"

    @property
    def reviews_dir(self) -> Path:
        """Folder of the reviews that are made without a platform."""
        return self.data_dir / "reviews"

    @property
    def backup_key_path(self) -> Path:
        """File of the keys that backups are sealed with."""
        return self.backup_key_file or self.data_dir / "keys" / "backup.key"

    @property
    def models_dir(self) -> Path:
        """Folder of model files."""
        return self.cache_dir / "models"


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read settings from the environment; `overrides` that are not None win over it.

    Raises `INVALID_INPUT` naming the variable that is wrong, without its value. An empty variable counts as unset.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {
        name: value for name in Settings.model_fields if (value := source.get(variable_name(name), ""))
    }
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = str(first["loc"][0])
        raise invalid_input(f"{variable_name(field)}: {first['msg']}.", field=field) from exc


def variable_name(field: str) -> str:
    """Return the environment variable of a setting."""
    return _PLAIN_NAMES.get(field, _PREFIX + field.upper())


def read_secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret in environment variable `name`; raise `INVALID_INPUT` when it is not set."""
    value = (os.environ if environment is None else environment).get(name, "").strip()
    if not value:
        raise TextNLPError(
            f"The environment variable {name} is not set.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=f"Set it to the key: export {name}=…", field="api_key_env"),
        )
    return value


def read_prefixed(prefix: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables whose names begin with `prefix`, whole names and values; empty ones count as unset."""
    source = os.environ if environment is None else environment
    return {name: value for name, value in source.items() if name.startswith(prefix) and value}


def decline_usage_reports() -> None:
    """Let libraries that this process uses report nothing to their makers, unless somebody has decided otherwise.

    Those are Ray and the exporter for Azure Monitor, which also asks its makers for switches from time to time.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true")
    os.environ.setdefault("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true")
    os.environ.setdefault("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED", "true")
