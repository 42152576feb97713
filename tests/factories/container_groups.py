"""Container groups, for tests of what is made of them."""

from typing import Any

from textnlp.domain.compute.container_group import ContainerGroup

_PROVIDERS = "/subscriptions/s/resourceGroups/g/providers"
IDENTITY = f"{_PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/jobs"
GROUP: dict[str, Any] = {
    "name": "textnlp-migrations",
    "location": "eastus2",
    "image": "registry.azurecr.io/textnlp-api:0.1.0",
    "command": ("textnlp", "serve", "migrations"),
    "identity": IDENTITY,
    "client_id": "6f4b2d0c-0000-4000-8000-00000000abcd",
    "subnet": f"{_PROVIDERS}/Microsoft.Network/virtualNetworks/v/subnets/container-instances",
    "scratch_path": "/var/lib/textnlp",
    "environment": {"DATABASE_URL": "postgresql://jobs@db.example/textnlp"},
    "cpu_count": 1,
    "memory_gib": 2,
}


def container_group(**changes: Any) -> ContainerGroup:
    """Return a sound group with some of its fields changed."""
    return ContainerGroup(**{**GROUP, **changes})
