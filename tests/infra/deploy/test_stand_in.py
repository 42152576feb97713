"""What the stand-in of Resource Manager refuses and keeps, so that tests against it mean something."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.doubles.resource_manager import running_resource_manager
from tests.infra.deploy.conftest import Azure
from tests.infra.deploy.small_stack import small_stack
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import DeploymentRecord
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate


async def _ended(azure: Azure, stack: StackTemplate) -> DeploymentRecord:
    await azure.client.begin(stack)
    while not ((record := await azure.client.deployment(stack.deployment)) and record.is_over):
        pass
    return record


def _foundation() -> StackTemplate:
    template = build_estate(environment("dev")).stacks[0].template()
    return StackTemplate(environment="dev", name="foundation", location="eastus2", template=template, arguments={})


def _without_waiting(template: Any, kind: str) -> Any:
    """Return the template with no `dependsOn` of resources of a type."""
    copy = json.loads(json.dumps(template))
    units = [item["properties"]["template"] for item in copy["resources"] if "properties" in item]
    inner = [item for unit in units for item in unit["resources"]]
    for item in [*copy["resources"], *inner]:
        if item["type"] == kind:
            item.pop("dependsOn", None)
    return copy


@pytest.mark.parametrize(
    "kind",
    ["Microsoft.Resources/deployments", "Microsoft.Network/virtualNetworks", "Microsoft.Insights/diagnosticSettings"],
)
async def test_an_order_that_is_left_to_chance_fails(azure: Azure, kind: str) -> None:
    whole = _foundation()
    record = await _ended(azure, replace(whole, template=_without_waiting(whole.template, kind)))
    assert record.state == "Failed"
    assert record.fault is not None
    assert record.fault.codes() & {"InvalidResourceReference", "ResourceGroupNotFound"}


async def test_what_was_under_way_goes_on_when_the_service_comes_back(azure: Azure) -> None:
    subscription, stack = azure.subscription, small_stack()
    subscription.holds_after = 1
    await azure.client.begin(stack)
    await subscription.held.wait()
    await azure.manager.stop()
    subscription.released.set()
    async with running_resource_manager(azure.manager.entra, subscription) as again:
        await again.idle()
    (taken, nested) = subscription.deployments.values()
    assert (taken.state, nested.state) == ("Succeeded", "Succeeded")
    assert len(subscription.created) == len(subscription.writes) == 3
