"""An estate together with its application in Entra ID, which is made before it and given its rights after it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from textnlp.topology.workloads import API
from textnlp_infra.components.identities import client_id_output
from textnlp_infra.components.logic_app import API_CLIENT_ID
from textnlp_infra.deploy.comparison import Comparison, compare
from textnlp_infra.deploy.deploy import DeploymentView, Wait, deploy
from textnlp_infra.deploy.registration import ACCESS, APPLICATION, Registration
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import SUCCEEDED, Subscription

CLIENT_ID = API_CLIENT_ID.name
"""The parameter that the stacks are given the application by, and the output that tells it."""
UNREGISTERED = "00000000-0000-0000-0000-000000000000"
"""Stands for the client id as long as nobody gave one."""


def registers(stacks: Sequence[StackTemplate]) -> bool:
    """Whether the application is to be made with the estate, as nobody gave the client id of one."""
    return any(stack.arguments.get(CLIENT_ID) == UNREGISTERED for stack in stacks)


async def deploy_registered(
    stacks: Sequence[StackTemplate],
    azure: Subscription,
    registration: Registration,
    view: DeploymentView,
    *,
    wait: Wait,
    sends_again: bool,
) -> Mapping[str, Any]:
    """Make the application, deploy the stacks with its client id, and give it its rights; return all outputs.

    What Graph refuses ends it with `RefusedError`: no stack is sent without an application.
    """
    registered = await registration.register()
    if registered is None:
        raise TypeError("the registration may change nothing")
    sent = _with_client_id(stacks, registered.client_id)
    outputs = await deploy(sent, azure, view, wait=wait, sends_again=sends_again)
    await registration.let_in(registered, outputs)
    return {CLIENT_ID: registered.client_id, **outputs}


async def compare_registered(
    stacks: Sequence[StackTemplate], azure: Subscription, registration: Registration
) -> AsyncIterator[Comparison]:
    """Compare the application, each stack, and the application's rights, in this order."""
    registered = await registration.register()
    yield registration.comparison(APPLICATION)
    sent = stacks if registered is None else _with_client_id(stacks, registered.client_id)
    async for comparison in compare(sent, azure):
        yield comparison
    if registered is None:
        yield registration.comparison(ACCESS, waits=APPLICATION)
        return
    outputs = await identity_outputs(stacks, azure)
    if outputs is not None:
        await registration.let_in(registered, outputs)
    yield registration.comparison(ACCESS, waits=None if outputs is not None else stacks[0].name)


async def identity_outputs(stacks: Sequence[StackTemplate], azure: Subscription) -> Mapping[str, Any] | None:
    """Return the outputs that tell the client ids of identities, None before the stack that makes those is deployed."""
    for stack in stacks:
        record = await azure.deployment(stack.deployment)
        if record is not None and record.state == SUCCEEDED and client_id_output(API) in record.outputs:
            return record.outputs
    return None


def _with_client_id(stacks: Sequence[StackTemplate], client_id: str) -> tuple[StackTemplate, ...]:
    return tuple(stack.with_argument(CLIENT_ID, client_id) for stack in stacks)
