"""Deploys stacks one after the other, and goes on where an earlier run was cut off."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import (
    SUCCEEDED,
    DeploymentRecord,
    Fault,
    Operation,
    RefusedError,
    Subscription,
)

Wait: TypeAlias = Callable[[], Awaitable[None]]


class DeploymentView(Protocol):
    """Shows how far a deployment is."""

    def note(self, stack: str, text: str) -> None:
        """Say something of a stack."""
        ...

    def show(self, stack: str, operation: Operation) -> None:
        """Show a resource whose state is another than before."""
        ...


async def deploy(
    stacks: Sequence[StackTemplate],
    azure: Subscription,
    view: DeploymentView,
    *,
    wait: Wait,
    sends_again: bool = False,
) -> Mapping[str, Any]:
    """Deploy the stacks in their order and return all their outputs.

    A stack that succeeded with the same content is left alone, unless `sends_again` or it takes secrets. One that is
    under way is followed to its end; `wait` returns when Azure is to be looked at again. Raises `RefusedError` at the
    first stack that Azure refuses or that fails; those after it are not sent.
    """
    outputs: dict[str, Any] = {}
    for stack in stacks:
        record = await _deploy_one(stack, azure, view, wait=wait, sends_again=sends_again)
        outputs |= record.outputs
    return outputs


async def _deploy_one(
    stack: StackTemplate,
    azure: Subscription,
    view: DeploymentView,
    *,
    wait: Wait,
    sends_again: bool,
) -> DeploymentRecord:
    record = await azure.deployment(stack.deployment)
    is_same = record is not None and record.digest == stack.digest and not stack.has_secrets
    if record is not None and not record.is_over:
        view.note(stack.name, "is under way already; follows it")
        record = await _follow(stack, azure, view, wait)
        if is_same:
            return _succeeded(stack, record)
    elif record is not None and is_same and record.state == SUCCEEDED and not sends_again:
        view.note(stack.name, "unchanged since it was deployed")
        return record
    await azure.validate(stack)
    await azure.begin(stack)
    view.note(stack.name, "sent")
    return _succeeded(stack, await _follow(stack, azure, view, wait))


async def _follow(stack: StackTemplate, azure: Subscription, view: DeploymentView, wait: Wait) -> DeploymentRecord:
    """Show what changes until Azure is done; a deployment of Azure ends by itself, after some hours at the latest."""
    shown: dict[str, str] = {}
    while True:
        record = await azure.deployment(stack.deployment)
        for operation in await azure.operations(stack.deployment):
            if shown.get(operation.resource_id) != operation.state:
                shown[operation.resource_id] = operation.state
                view.show(stack.name, operation)
        if record is None:
            gone = Fault(code="DeploymentNotFound", message="Somebody deleted its record.", target=stack.deployment)
            raise RefusedError(f"the stack '{stack.name}'", gone)
        if record.is_over:
            return record
        await wait()


def _succeeded(stack: StackTemplate, record: DeploymentRecord) -> DeploymentRecord:
    if record.state != SUCCEEDED:
        fault = record.fault or Fault(code=record.state, message="Azure gave no reason.", target=stack.deployment)
        raise RefusedError(f"the stack '{stack.name}'", fault)
    return record
