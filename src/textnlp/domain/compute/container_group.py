"""A container that runs once on Azure Container Instances, as a value that is checked before anybody runs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.domain.compute.container_rules import require_image, require_no_secrets
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import JsonObject

_VERSION = "2026-07-01"
_TYPE = "Microsoft.ContainerInstance/containerGroups"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_RESOURCE = re.compile(r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/(.+)", re.IGNORECASE)
_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities/"
_SUBNET = "Microsoft.Network/virtualNetworks/"
_CLIENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SCRATCH = "scratch"
_CLIENT_VARIABLE = "AZURE_CLIENT_ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerGroup:
    """One container in a subnet, with a managed identity and no secret; it runs once, whatever it ends with.

    Attributes:
        identity: resource id of the user-assigned identity that pulls the image and signs in to everything.
        client_id: that identity's client id, by which the process asks for its tokens.
        subnet: resource id of a subnet that is delegated to container groups; the group has no address outside it.
        scratch_path: the only folder that the process writes to, gone with the group.
        environment: variables for the process, none of which may hold a secret.
    """

    name: str
    location: str
    image: str
    command: tuple[str, ...]
    identity: str
    client_id: str
    subnet: str
    scratch_path: str
    environment: Mapping[str, str]
    cpu_count: int
    memory_gib: int

    def __post_init__(self) -> None:
        """Refuse what the service would refuse, and secrets."""
        if not _NAME.fullmatch(self.name):
            raise invalid_input(
                f"{self.name!r} is no name: lower-case letters, digits and '-', up to 63.", field="name"
            )
        require_image(self.image, field="image")
        require_no_secrets(self.environment, field="environment")
        _require_resource(self.identity, _IDENTITY, field="identity")
        _require_resource(self.subnet, _SUBNET, field="subnet")
        if not _CLIENT.fullmatch(self.client_id):
            raise invalid_input(f"{self.client_id!r} is no client id.", field="client_id")

    def document(self) -> JsonObject:
        """Return the group as `az container create --file` and Resource Manager take it."""
        return {
            "apiVersion": _VERSION,
            "type": _TYPE,
            "name": self.name,
            "location": self.location,
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {self.identity: {}}},
            "properties": {
                "osType": "Linux",
                "sku": "Standard",
                "restartPolicy": "Never",
                "subnetIds": [{"id": self.subnet}],
                "imageRegistryCredentials": self._registry(),
                "volumes": [{"name": _SCRATCH, "emptyDir": {}}],
                "containers": [{"name": self.name, "properties": self._container()}],
            },
        }

    def _container(self) -> JsonObject:
        variables = {_CLIENT_VARIABLE: self.client_id, **self.environment}
        return {
            "image": self.image,
            "command": list(self.command),
            "environmentVariables": [{"name": name, "value": value} for name, value in variables.items()],
            "resources": {"requests": {"cpu": self.cpu_count, "memoryInGB": self.memory_gib}},
            "volumeMounts": [{"name": _SCRATCH, "mountPath": self.scratch_path}],
        }

    def _registry(self) -> list[JsonObject]:
        """Return who pulls the image; one of a public registry, which has no server in its name, needs nobody."""
        server, slash, _ = self.image.partition("/")
        return [{"server": server, "identity": self.identity}] if slash and "." in server else []


def _require_resource(text: str, kind: str, *, field: str) -> None:
    found = _RESOURCE.fullmatch(text)
    if found is None or not found[1].lower().startswith(kind.lower()):
        raise invalid_input(f"{text!r} is no resource id of {kind.rstrip('/')}.", field=field)
