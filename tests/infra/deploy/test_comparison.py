import pytest

from tests.infra.deploy.conftest import Azure
from tests.infra.deploy.small_stack import small_stack
from textnlp_infra.deploy.comparison import Comparison, compare
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import ChangeKind, PropertyChange, RefusedError


async def _compared(azure: Azure, *stacks: StackTemplate) -> list[Comparison]:
    return [comparison async for comparison in compare(stacks, azure.client)]


async def _deployed(azure: Azure, *stacks: StackTemplate) -> None:
    for stack in stacks:
        await azure.client.begin(stack)
        while not ((record := await azure.client.deployment(stack.deployment)) and record.is_over):
            pass


async def test_a_stack_that_needs_a_group_of_an_earlier_one_waits_for_it(azure: Azure) -> None:
    first, second = await _compared(azure, small_stack(), small_stack("second", makes_group=False))
    assert [change.kind for change in first.changes] == [ChangeKind.CREATE] * 3
    assert (second.waits, second.changes) == ("first", ())


async def test_a_group_that_somebody_deleted_is_no_reason_to_wait(azure: Azure) -> None:
    with pytest.raises(RefusedError, match="ResourceGroupNotFound"):
        await _compared(azure, small_stack("second", makes_group=False))


async def test_a_changed_property_is_told_with_both_values(azure: Azure) -> None:
    stack = small_stack(accessTier="Hot", minimumTlsVersion="TLS1_2")
    await _deployed(azure, stack)
    account = next(item for item in azure.subscription.created if item.endswith("stfirst"))
    azure.subscription.change(account, accessTier="Cool")
    (found,) = await _compared(azure, stack)
    assert found.is_deployed
    assert found.unchanged == 2
    (change,) = found.changes
    assert change.properties == (PropertyChange(path="properties.accessTier", before="Cool", after="Hot"),)


async def test_what_was_deleted_by_hand_is_told(azure: Azure) -> None:
    await _deployed(azure, small_stack())
    azure.subscription.delete(next(item for item in azure.subscription.created if item.endswith("lock-first")))
    (found,) = await _compared(azure, small_stack())
    assert [(change.kind, change.resource_id.rpartition("/")[2]) for change in found.changes] == [
        (ChangeKind.CREATE, "lock-first")
    ]


async def test_a_template_that_was_not_deployed_yet_is_told_apart_from_drift(azure: Azure) -> None:
    await _deployed(azure, small_stack())
    (found,) = await _compared(azure, small_stack(accessTier="Cool"))
    assert not found.is_deployed
    assert found.as_document()["is_deployed"] is False


async def test_what_azure_cannot_tell_is_no_change(azure: Azure) -> None:
    await _deployed(azure, small_stack())
    azure.subscription.untold.add("lock-first")
    (found,) = await _compared(azure, small_stack())
    assert [resource_id.rpartition("/")[2] for resource_id in found.untold] == ["lock-first"]
    assert (found.changes, found.unchanged) == ((), 2)
