"""Secrets, certificates and keys by name: the few that are kept, and why each other one is not needed."""

from dataclasses import dataclass
from enum import StrEnum

MODEL_PROVIDER_API_KEY = "model-provider-api-key"
SSL_CERTIFICATE = "ssl-certificate"
CLIENT_AUTHENTICATION_CERT = "client-authentication-cert"
DATA_ENCRYPTION_KEY = "data-encryption-key"
BACKUP_ENCRYPTION_KEY = "backup-encryption-key"
SERVICEBUS_KEY = "servicebus-key"


class SecretKind(StrEnum):
    """Which part of the vault holds it; only `SECRET` hands its value out."""

    SECRET = "secret"  # noqa: S105  a kind, no password
    CERTIFICATE = "certificate"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secret:
    """A name in the vault.

    Attributes:
        is_kept: it exists; the others are named so that nobody brings them back.
        reason: what it is for, or what makes it unnecessary.
    """

    name: str
    kind: SecretKind
    is_kept: bool
    reason: str


SECRETS = (
    Secret(
        name=MODEL_PROVIDER_API_KEY,
        kind=SecretKind.SECRET,
        is_kept=True,
        reason="a model provider outside Azure knows no managed identity",
    ),
    Secret(
        name=SSL_CERTIFICATE,
        kind=SecretKind.CERTIFICATE,
        is_kept=True,
        reason="TLS of the application gateway",
    ),
    Secret(
        name=CLIENT_AUTHENTICATION_CERT,
        kind=SecretKind.CERTIFICATE,
        is_kept=True,
        reason="the gateway shows it to back ends that ask for a client certificate",
    ),
    Secret(
        name=DATA_ENCRYPTION_KEY,
        kind=SecretKind.KEY,
        is_kept=True,
        reason="encrypts storage and database at rest",
    ),
    Secret(
        name=BACKUP_ENCRYPTION_KEY,
        kind=SecretKind.KEY,
        is_kept=True,
        reason="encrypts backups before they are written",
    ),
    Secret(
        name=SERVICEBUS_KEY,
        kind=SecretKind.KEY,
        is_kept=True,
        reason="encrypts messages at rest",
    ),
    Secret(
        name="database-connection-string",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="every process signs in to the database with its own managed identity",
    ),
    Secret(
        name="redis-connection-string",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="access keys of the cache are off, processes sign in with their managed identity",
    ),
    Secret(
        name="openai-api-key",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="local authentication of the model account is off, processes sign in with their managed identity",
    ),
    Secret(
        name="storage-account-key",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="shared keys of the storage accounts are off, processes sign in with their managed identity",
    ),
    Secret(
        name="servicebus-connection-string",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="local authentication of the namespace is off, processes sign in with their managed identity",
    ),
    Secret(
        name="jwt-signing-key",
        kind=SecretKind.SECRET,
        is_kept=False,
        reason="Entra ID signs the tokens; a laptop's own issuer keeps its key in the data directory",
    ),
)
