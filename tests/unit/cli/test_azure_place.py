import pytest

from textnlp.cli.azure_place import place_of
from textnlp.domain.errors import TextNLPError
from textnlp_infra.deploy.arguments import Given
from textnlp_infra.environments import environment

_SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
_DEV = environment("dev")


def test_a_subscription_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_SUBSCRIPTION_ID", raising=False)
    with pytest.raises(TextNLPError, match="AZURE_SUBSCRIPTION_ID"):
        place_of(_DEV, None, None, 1)


def test_without_values_samples_stand_for_them_and_with_some_the_missing_ones_are_named() -> None:
    place = place_of(_DEV, _SUBSCRIPTION, None, 1)
    assert place.subscription == _SUBSCRIPTION
    assert [stack.name for stack in place.stacks] == ["foundation", "platform", "workload"]
    assert all(set(stack.arguments) == set(stack.template.get("parameters", {})) for stack in place.stacks)
    with pytest.raises(TextNLPError, match="adminGroupName: Name of"):
        place_of(_DEV, _SUBSCRIPTION, Given(), 1)
