"""Storage that a service keeps its own state in: apart from the platform's data, and reached by identities alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.storage import ACCOUNT, closed_account
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

_KEPT_DAYS = 7
"""How long what was deleted can be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingStorage:
    """The account, and the container in it that was asked for."""

    account: Resource
    container: Resource | None
    resources: tuple[Resource, ...]


def host_grants(storage: WorkingStorage, identity: Resource) -> tuple[Resource, ...]:
    """Return the roles by which a host of App Service keeps its state in the account."""
    roles = (Role.BLOB_OWNER, Role.STORAGE_QUEUE_CONTRIBUTOR, Role.STORAGE_TABLE_CONTRIBUTOR)
    return tuple(assign_role(role, storage.account, to=identity) for role in roles)


def build_working_storage(
    part: str,
    stamp: Stamp,
    *,
    doors: tuple[str, ...],
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
    container: str = "",
) -> WorkingStorage:
    """Build an account with ways in to the named `doors`, `blob` say; what is lost with its region is made again."""
    account = stamp.resource(
        ACCOUNT,
        {"accessTier": "Hot", **closed_account()},
        part=part,
        kind="StorageV2",
        sku={"name": "Standard_ZRS" if stamp.zones else "Standard_LRS"},
    )
    kept: dict[str, Value] = {"enabled": True, "days": _KEPT_DAYS}
    blobs = account.child(
        "blobServices", "default", {"deleteRetentionPolicy": kept, "containerDeleteRetentionPolicy": kept}
    )
    own = blobs.child("containers", container, {"publicAccess": "None"}) if container else None
    return WorkingStorage(
        account=account,
        container=own,
        resources=(
            account,
            blobs,
            *([own] if own else []),
            diagnostics(account, workspace),
            diagnostics(blobs, workspace),
            *private_endpoints(account, doors, networks),
        ),
    )
