"""A subscription behind Azure Resource Manager, through Microsoft's libraries."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textnlp.domain.errors import invalid_input
from textnlp.domain.missing_extra import missing_extra
from textnlp_infra.deploy.arm_errors import fault_in, told
from textnlp_infra.deploy.management_api import ManagementApi
from textnlp_infra.deploy.stack_template import DIGEST_TAG, StackTemplate
from textnlp_infra.deploy.subscription import (
    SUCCEEDED,
    Change,
    ChangeKind,
    DeploymentRecord,
    Operation,
    PropertyChange,
    RefusedError,
)
from textnlp_infra.expansion.expander import DEPLOYMENT

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.mgmt.resource.deployments.aio import DeploymentsMgmtClient
    from azure.mgmt.resource.deployments.models import (
        DeploymentOperation,
        WhatIfChange,
        WhatIfPropertyChange,
    )
    from azure.mgmt.resource.resources.aio import ResourceManagementClient


@asynccontextmanager
async def opened_subscription(
    endpoint: str,
    subscription_id: str,
    credential: "AsyncTokenCredential",
    *,
    poll_seconds: float,
    ca_file: Path | None = None,
) -> AsyncGenerator["ArmSubscription"]:
    """Open connections to the Resource Manager at `endpoint`, for as long as the block lasts.

    With `ca_file` only the authorities in it are trusted. Raises `INVALID_INPUT` for an address without TLS, and where
    the libraries are not installed.
    """
    address = endpoint.rstrip("/")
    if not address.startswith("https://"):
        raise invalid_input(f"{address} is no address with https://; a token would be readable on the way")
    try:
        from azure.mgmt.resource.deployments.aio import DeploymentsMgmtClient  # noqa: PLC0415  an extra
        from azure.mgmt.resource.resources.aio import ResourceManagementClient  # noqa: PLC0415  an extra
    except ImportError as exc:
        raise missing_extra("The libraries of Azure Resource Manager are not installed.", extra="deploy") from exc
    options: dict[str, Any] = {"credential_scopes": [f"{address}/.default"], "polling_interval": poll_seconds}
    if ca_file is not None:
        options["connection_verify"] = str(ca_file)
    async with AsyncExitStack() as stack:
        deployments = DeploymentsMgmtClient(credential, subscription_id, address, **options)
        resources = ResourceManagementClient(credential, subscription_id, address, **options)
        await stack.enter_async_context(deployments)
        await stack.enter_async_context(resources)
        api = await stack.enter_async_context(ManagementApi.opened(address, credential, ca_file=ca_file))
        yield ArmSubscription(deployments, resources, api)


@dataclass(slots=True)
class ArmSubscription:
    """Satisfies `Subscription` with the clients of Azure Resource Manager; `api` reaches what they know nothing of."""

    deployments: "DeploymentsMgmtClient"
    resources: "ResourceManagementClient"
    api: ManagementApi
    _ended: dict[str, list[Operation]] = field(default_factory=dict[str, list[Operation]])

    async def deployment(self, name: str) -> DeploymentRecord | None:
        """Return a deployment to the subscription, None where there is none."""
        from azure.core.exceptions import ResourceNotFoundError  # noqa: PLC0415  an extra

        with told(f"to show the deployment {name}"):
            try:
                found = await self.deployments.deployments.get_at_subscription_scope(name)
            except ResourceNotFoundError:
                return None
        properties = found.properties
        if properties is None:
            return None
        outputs = cast("Mapping[str, Mapping[str, Any]]", properties.outputs or {})
        return DeploymentRecord(
            state=str(properties.provisioning_state and _word(properties.provisioning_state)),
            digest=(found.tags or {}).get(DIGEST_TAG),
            outputs={key: item.get("value") for key, item in outputs.items()},
            fault=fault_in(properties.error) if properties.error else None,
        )

    async def validate(self, stack: StackTemplate) -> None:
        """Ask whether a stack could be deployed; changes nothing."""
        with told(f"the stack '{stack.name}'; nothing of it was deployed"):
            poller = await self.deployments.deployments.begin_validate_at_subscription_scope(
                stack.deployment, _document(stack)
            )
            result = await poller.result()
        if result.error:
            raise RefusedError(f"the stack '{stack.name}'; nothing of it was deployed", fault_in(result.error))

    async def begin(self, stack: StackTemplate) -> None:
        """Send a stack; returns when Azure has taken it."""
        self._ended.clear()
        document: Any = {**_document(stack), "tags": {DIGEST_TAG: stack.digest}}
        with told(f"the stack '{stack.name}'"):
            await self.deployments.deployments.begin_create_or_update_at_subscription_scope(
                stack.deployment, document, polling=False
            )

    async def operations(self, name: str) -> Sequence[Operation]:
        """Return what a deployment and those nested in it have done so far, resource by resource."""
        with told(f"to show the operations of {name}"):
            top = self.deployments.deployment_operations.list_at_subscription_scope(name)
            return [
                operation
                for found in _operations([item async for item in top])
                for operation in (await self._nested(found) if found.type == DEPLOYMENT else [found])
            ]

    async def _nested(self, deployment: Operation) -> list[Operation]:
        key = deployment.resource_id.lower()
        if key in self._ended:
            return self._ended[key]
        group = _group_in(deployment.resource_id)
        listing = self.deployments.deployment_operations
        pages = listing.list(group, deployment.name) if group else listing.list_at_subscription_scope(deployment.name)
        found = [deployment, *_operations([item async for item in pages])]
        if deployment.state == SUCCEEDED:
            self._ended[key] = found
        return found

    async def what_if(self, stack: StackTemplate) -> Sequence[Change]:
        """Return what deploying a stack would change."""
        document: Any = _document(stack)
        document["properties"]["whatIfSettings"] = {"resultFormat": "FullResourcePayloads"}
        with told(f"to compare the stack '{stack.name}'"):
            poller = await self.deployments.deployments.begin_what_if_at_subscription_scope(stack.deployment, document)
            result = await poller.result()
        if result.error:
            raise RefusedError(f"to compare the stack '{stack.name}'", fault_in(result.error))
        return [_change(item) for item in (result.properties and result.properties.changes) or []]

    async def forget(self, name: str) -> None:
        """Delete the record of a deployment, not what it made; nothing happens where there is none."""
        with told(f"to forget the deployment {name}", missing_is_fine=True):
            await (await self.deployments.deployments.begin_delete_at_subscription_scope(name)).result()

    async def delete_resource(self, resource_id: str, api_version: str) -> None:
        """Delete a resource, and wait until it is gone; nothing happens where there is none."""
        with told(f"to delete {resource_id}", missing_is_fine=True):
            poller = await self.resources.resources.begin_delete_by_id(
                resource_id.removeprefix("/"), api_version=api_version
            )
            await poller.result()

    async def delete_group(self, name: str) -> None:
        """Delete a resource group with all in it, and wait until it is gone; nothing happens where there is none."""
        with told(f"to delete the resource group {name}", missing_is_fine=True):
            await (await self.resources.resource_groups.begin_delete(name)).result()


def _document(stack: StackTemplate) -> Any:
    return {
        "location": stack.location,
        "properties": {
            "mode": "Incremental",
            "template": dict(stack.template),
            "parameters": {name: {"value": value} for name, value in stack.arguments.items()},
        },
    }


def _operations(found: "Iterable[DeploymentOperation]") -> list[Operation]:
    """Return those about a resource; others evaluate outputs and the like."""
    return [
        Operation(
            resource_id=target.id,
            type=target.resource_type or "",
            name=target.resource_name or "",
            state=item.properties.provisioning_state or "",
        )
        for item in found
        if item.properties and (target := item.properties.target_resource) and target.id
    ]


def _group_in(resource_id: str) -> str | None:
    parts = resource_id.split("/")
    return parts[4] if len(parts) > 4 and parts[3].lower() == "resourcegroups" else None  # noqa: PLR2004  segments


def _change(found: "WhatIfChange") -> Change:
    return Change(
        resource_id=str(found.resource_id),
        kind=ChangeKind(_word(found.change_type)),
        properties=tuple(leaf for item in found.delta or () for leaf in _leaves(item, "")),
    )


def _leaves(found: "WhatIfPropertyChange", above: str) -> Iterator[PropertyChange]:
    path = f"{above}.{found.path}" if above else found.path
    if not found.children:
        yield PropertyChange(path=path, before=found.before, after=found.after)
    for child in found.children or ():
        yield from _leaves(child, path)


def _word(value: Any) -> str:
    """Return Azure's word, which the libraries know or do not know."""
    return str(getattr(value, "value", value))
