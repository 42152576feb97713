import asyncio
from dataclasses import dataclass, field

import pytest

from tests.doubles.resource_manager import Refusal
from tests.infra.deploy.conftest import WAIT, Azure
from tests.infra.deploy.small_stack import small_stack
from textnlp_infra.deploy.deploy import deploy
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import Operation, RefusedError

_SECRET = {"key": {"type": "secureString"}}
_FIRST, _SECOND = "textnlp-dev-first", "textnlp-dev-second"


@dataclass(slots=True)
class Notes:
    """Keeps what is shown."""

    said: list[str] = field(default_factory=list[str])
    shown: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def note(self, stack: str, text: str) -> None:
        self.said.append(f"{stack}: {text}")

    def show(self, stack: str, operation: Operation) -> None:
        self.shown.append((stack, operation.name, operation.state))


async def _deploy(azure: Azure, *stacks: StackTemplate, again: bool = False) -> tuple[dict[str, object], Notes]:
    notes = Notes()
    outputs = await deploy(stacks, azure.client, notes, wait=WAIT, sends_again=again)
    return dict(outputs), notes


async def test_every_resource_is_shown_with_its_last_state(azure: Azure) -> None:
    _, notes = await _deploy(azure, small_stack())
    last = {name: state for _, name, state in notes.shown}
    assert last == dict.fromkeys(("rg-first", "unit-first", "stfirst", "lock-first"), "Succeeded")
    assert [item.rpartition("/")[2] for item in azure.subscription.created] == ["rg-first", "stfirst", "lock-first"]


async def test_a_change_is_sent_and_what_has_not_changed_is_not(azure: Azure) -> None:
    second = small_stack("second", group="rg-second")
    await _deploy(azure, small_stack(), second)
    await _deploy(azure, small_stack(accessTier="Cool"), second)
    assert azure.subscription.sent == [_FIRST, _SECOND, _FIRST]
    assert [done for done, _ in azure.subscription.writes].count("updated") == 1
    await _deploy(azure, small_stack(accessTier="Cool"), second, again=True)
    assert azure.subscription.sent[3:] == [_FIRST, _SECOND]


async def test_a_stack_with_secrets_is_always_sent(azure: Azure) -> None:
    stack = small_stack(parameters=_SECRET, arguments={"key": "hush"})
    await _deploy(azure, stack)
    await _deploy(azure, stack)
    assert azure.subscription.sent == [_FIRST, _FIRST]


async def test_other_content_under_way_is_waited_for_before_anything_is_sent(azure: Azure) -> None:
    azure.subscription.holds_after = 1
    earlier = asyncio.create_task(_deploy(azure, small_stack()))
    await azure.subscription.held.wait()
    later = asyncio.create_task(_deploy(azure, small_stack(accessTier="Cool")))
    azure.manager.requests.clear()
    await azure.manager.asked(f"{_FIRST}/operations")
    azure.subscription.released.set()
    _, notes = await later
    await earlier
    assert notes.said == ["first: is under way already; follows it", "first: sent"]
    assert azure.subscription.sent == [_FIRST, _FIRST]


async def test_nothing_after_a_failure_is_sent(azure: Azure) -> None:
    azure.subscription.refuses["stfirst"] = Refusal("AlreadyTaken", "The name is taken.", target="stfirst")
    with pytest.raises(RefusedError, match=r"AlreadyTaken \(stfirst\): The name is taken\."):
        await _deploy(azure, small_stack(), small_stack("second", group="rg-second"))
    assert azure.subscription.sent == [_FIRST]


async def test_what_azure_refuses_beforehand_is_not_sent(azure: Azure) -> None:
    with pytest.raises(RefusedError, match=r"(?s)nothing of it was deployed.*ResourceGroupNotFound"):
        await _deploy(azure, small_stack("second", makes_group=False))
    assert (azure.subscription.sent, azure.subscription.writes) == ([], [])
