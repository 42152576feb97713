from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.gateway_rules import GATEWAY_RULES
from textnlp.topology.limits import LIMITS


def test_a_prompt_is_looked_at_for_the_four_harms_and_for_attacks() -> None:
    assert [name for name, _ in GATEWAY_RULES.harm_thresholds] == ["Hate", "SelfHarm", "Sexual", "Violence"]
    assert GATEWAY_RULES.shields_prompts
    assert GATEWAY_RULES.longest_checked_bytes < LIMITS.max_request_body_bytes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"harm_thresholds": (("Hate", 8),)}, "'Hate' is 8"),
        ({"harm_thresholds": (("Hate", 0),)}, "'Hate' is 0"),
        ({"semantic_cache_distance": 1.5}, "semantic_cache_distance"),
        ({"semantic_cache_seconds": 0}, "semantic_cache_seconds"),
    ],
)
def test_rules_that_the_gateway_does_not_know_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(GATEWAY_RULES, **changes)
