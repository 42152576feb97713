"""Key vaults: one a region, with the keys that data at rest is encrypted with.

Secrets and certificates are put in by people, `textnlp.topology.secret_names` says which; no template holds one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.secret_names import DATA_ENCRYPTION_KEY, SERVICEBUS_KEY, SecretKind
from textnlp_infra.arm import Resource, Value, call
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED, FENCE
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

_SOFT_DELETE_DAYS = 90
_KEY_BITS = 3_072
_ENCRYPTS_SERVICES = (DATA_ENCRYPTION_KEY, SERVICEBUS_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultConfig:
    """Which keys a vault holds, and how often each is replaced.

    Attributes:
        rotates_after, expires_after: durations as ISO 8601 writes them.
    """

    tier: str
    keys: tuple[str, ...]
    rotates_after: str = "P18M"
    expires_after: str = "P2Y"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vault:
    """A region's vault, and its keys by name."""

    vault: Resource
    keys: Mapping[str, Resource]
    resources: tuple[Resource, ...]


def vault_config() -> VaultConfig:
    """Return the vault as the topology declares it."""
    tier = next(service.tier for service in TOPOLOGY.services if service.name == "vault")
    keys = [secret.name for secret in TOPOLOGY.secrets if secret.is_kept and secret.kind is SecretKind.KEY]
    return VaultConfig(tier=tier, keys=tuple(keys))


def build_vault(
    config: VaultConfig,
    stamp: Stamp,
    *,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    encryption: Resource,
) -> Vault:
    """Build a region's vault; `encryption` is the identity by which services use the keys."""
    vault = stamp.resource(
        "Microsoft.KeyVault/vaults",
        {
            "tenantId": call("subscription").property("tenantId"),
            "sku": {"family": "A", "name": config.tier},
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": _SOFT_DELETE_DAYS,
            "enablePurgeProtection": True,
            "publicNetworkAccess": CLOSED,
            "networkAcls": FENCE,
        },
    )
    keys = {name: vault.child("keys", name, _key(config)) for name in config.keys}
    users = [assign_role(Role.ENCRYPTION_USER, keys[name], to=encryption) for name in _ENCRYPTS_SERVICES]
    return Vault(
        vault=vault,
        keys=keys,
        resources=(
            vault,
            *keys.values(),
            *users,
            diagnostics(vault, workspace),
            *private_endpoints(vault, ["vault"], networks),
        ),
    )


def _key(config: VaultConfig) -> dict[str, Value]:
    actions: list[Value] = [
        {"trigger": {"timeAfterCreate": config.rotates_after}, "action": {"type": "rotate"}},
        {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "notify"}},
    ]
    return {
        "kty": "RSA-HSM" if config.tier == "premium" else "RSA",
        "keySize": _KEY_BITS,
        "attributes": {"enabled": True, "exportable": False},
        "rotationPolicy": {"attributes": {"expiryTime": config.expires_after}, "lifetimeActions": actions},
    }
