import pytest

from tests.doubles.resource_manager import SUBSCRIPTION
from tests.infra.deploy.conftest import WAIT, Azure
from tests.infra.deploy.small_stack import small_stack
from textnlp.domain.errors import TextNLPError
from textnlp_infra.deploy.deploy import deploy
from textnlp_infra.deploy.destroy import destroy, removals
from textnlp_infra.deploy.subscription import Operation, RefusedError

_STACKS = (small_stack(), small_stack("second", makes_group=False))


class Silence:
    """Shows nothing."""

    def note(self, stack: str, text: str) -> None:
        """Say nothing."""

    def show(self, stack: str, operation: Operation) -> None:
        """Show nothing."""


def test_the_last_stack_goes_first_and_what_extends_goes_with_what_it_extends() -> None:
    second, first = removals(_STACKS, SUBSCRIPTION)
    assert [resource_id.rpartition("/")[2] for resource_id, _ in second.resources] == ["stsecond"]
    assert (second.groups, first.resources, first.groups) == ((), (), ("rg-first",))


async def test_everything_goes_and_deploying_afterwards_makes_it_again(azure: Azure) -> None:
    await deploy(_STACKS, azure.client, Silence(), wait=WAIT)
    told: list[str] = []
    for _ in range(2):
        await destroy(removals(_STACKS, SUBSCRIPTION), azure.client, told.append)
        assert (azure.subscription.resources, azure.subscription.deployments) == ({}, {})
    assert told[:2] == [
        "second: Microsoft.Storage/storageAccounts/stsecond is gone",
        "first: resource group rg-first is gone with all in it",
    ]
    await deploy(_STACKS, azure.client, Silence(), wait=WAIT)
    assert len(azure.subscription.sent) == 4


async def test_what_is_locked_stays_and_is_named(azure: Azure) -> None:
    await deploy(_STACKS, azure.client, Silence(), wait=WAIT)
    azure.subscription.locked.add("stsecond")
    before = set(azure.subscription.resources)
    with pytest.raises(RefusedError, match=r"(?s)stsecond.*ScopeLocked"):
        await destroy(removals(_STACKS, SUBSCRIPTION), azure.client, print)
    assert set(azure.subscription.resources) == before


def test_a_name_made_of_a_parameter_is_refused() -> None:
    stack = small_stack("second", makes_group=False, parameters={"name": {"type": "string"}})
    nested = dict(stack.template["resources"][0])
    nested["properties"] = {
        **nested["properties"],
        "parameters": {"name": {"value": "[parameters('name')]"}},
        "template": {
            "parameters": {"name": {"type": "string"}},
            "resources": [{"type": "A.B/c", "apiVersion": "1", "name": "[parameters('name')]"}],
        },
    }
    wrong = small_stack("second", makes_group=False)
    object.__setattr__(wrong, "template", {**stack.template, "resources": [nested]})
    with pytest.raises(TextNLPError, match="its name is made of a parameter"):
        removals([wrong], SUBSCRIPTION)
