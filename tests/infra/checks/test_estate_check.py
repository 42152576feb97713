from datetime import UTC, datetime

import pytest

from tests.infra.azure_types import SCHEMAS, TYPED
from textnlp_infra.checks.estate_check import expanded, find_faults, templates, types_in
from textnlp_infra.environments import ENVIRONMENTS, Environment


@TYPED
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda known: known.name)
def test_nothing_is_found_in_any_environment(environment: Environment) -> None:
    graph = expanded(templates(environment), environment, datetime.now(UTC).date())
    assert find_faults(graph, types_in(SCHEMAS)) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda known: known.name)
def test_nothing_is_found_without_types_either(environment: Environment) -> None:
    graph = expanded(templates(environment), environment, datetime.now(UTC).date())
    assert find_faults(graph, types_in(None)) == []
