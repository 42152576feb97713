from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.containers import (
    ARCHIVE_TIER_REDUNDANCIES,
    CONTAINERS,
    GENERATIONS_REALTIME,
    LIFECYCLE_RULES,
    STORAGE_ACCOUNTS,
    LifecycleRule,
)


def test_there_are_five_containers_and_batches_of_prompts_have_a_place() -> None:
    assert [container.name for container in CONTAINERS] == ["prompts", "generations", "models", "validation", "backups"]
    assert "prompts/batch" in CONTAINERS[0].prefixes
    assert "prompts/quarantine" in CONTAINERS[0].prefixes


def test_generations_cool_after_30_days_grow_cold_after_90_and_go_after_365() -> None:
    rule = next(rule for rule in LIFECYCLE_RULES if GENERATIONS_REALTIME in rule.prefixes and rule.delete_after_days)
    assert (rule.cool_after_days, rule.cold_after_days, rule.delete_after_days) == (30, 90, 365)
    assert rule.archive_after_days is None


def test_only_the_account_that_knows_the_tier_archives() -> None:
    redundancy = {account.name: account.redundancy for account in STORAGE_ACCOUNTS}
    assert redundancy == {"primary": "Standard_RAGZRS", "archive": "Standard_RAGRS"}
    assert redundancy["archive"] in ARCHIVE_TIER_REDUNDANCIES
    assert redundancy["primary"] not in ARCHIVE_TIER_REDUNDANCIES


def test_human_verdicts_and_model_files_are_never_deleted_by_age() -> None:
    deleted = {prefix for rule in LIFECYCLE_RULES if rule.delete_after_days for prefix in rule.prefixes}
    assert not deleted & {"validation/human-eval", "models/checkpoints", "models/fine-tuned", "prompts/templates"}


def test_a_prefix_of_another_container_is_refused() -> None:
    with pytest.raises(ValueError, match="container 'prompts': prefix 'generations/batch' must read 'prompts/"):
        replace(CONTAINERS[0], prefixes=("generations/batch",))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"cool_after_days": 90, "cold_after_days": 30}, r"days \[90, 30\]"),
        ({"cool_after_days": 30, "delete_after_days": 30}, r"days \[30, 30\]"),
        ({"delete_after_days": -1}, r"days \[-1\]"),
        ({}, "does nothing"),
    ],
)
def test_a_rule_that_goes_backwards_or_nowhere_is_refused_by_name(days: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"lifecycle rule 'planted': .*{told}"):
        LifecycleRule(name="planted", prefixes=(GENERATIONS_REALTIME,), **days)
