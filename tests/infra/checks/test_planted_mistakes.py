"""Every kind of mistake that the checks are for, planted into the templates of production, is found and explained."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from tests.infra.azure_types import SCHEMAS, TYPED
from tests.infra.checks.mistakes.compute import COMPUTE
from tests.infra.checks.mistakes.data import DATA
from tests.infra.checks.mistakes.exposure import EXPOSURE
from tests.infra.checks.mistakes.form import FORM
from tests.infra.checks.mistakes.identifiers import IDENTIFIERS
from tests.infra.checks.mistakes.messages import MESSAGES
from tests.infra.checks.mistakes.network import NETWORK
from tests.infra.checks.mistakes.references import REFERENCES
from tests.infra.checks.mistakes.watching import WATCHING
from tests.infra.checks.planting import Mistake, plant, resources_of
from textnlp_infra.checks.estate_check import expanded, find_faults, templates, types_in
from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import environment

_PROD = environment("prod")
_DAY = date(2026, 11, 27)
MISTAKES = [*NETWORK, *FORM, *REFERENCES, *EXPOSURE, *MESSAGES, *DATA, *COMPUTE, *IDENTIFIERS, *WATCHING]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What is found when all mistakes are made at once: each must show, whatever else is wrong."""
    stacks = deepcopy(templates(_PROD))
    for mistake in MISTAKES:
        plant(stacks, mistake)
    types = types_in(SCHEMAS) if (SCHEMAS / "azure-types").is_dir() else None
    return find_faults(expanded(stacks, _PROD, _DAY), types)


def _require(mistake: Mistake, findings: list[Finding]) -> None:
    where = mistake.where or mistake.kind
    told = [finding for finding in findings if mistake.what in finding.what and where in finding.where]
    assert told, "\n".join(f"{f.where}: {f.what}; {f.advice}" for f in findings)
    assert any(mistake.advice in finding.advice for finding in told), told


@pytest.mark.parametrize(
    "mistake", [item for item in MISTAKES if not item.needs_types], ids=lambda mistake: mistake.says
)
def test_a_mistake_is_found_and_explained(mistake: Mistake, findings: list[Finding]) -> None:
    _require(mistake, findings)


@TYPED
@pytest.mark.parametrize("mistake", [item for item in MISTAKES if item.needs_types], ids=lambda mistake: mistake.says)
def test_a_mistake_of_form_is_found_and_explained(mistake: Mistake, findings: list[Finding]) -> None:
    _require(mistake, findings)


def test_a_circle_is_found() -> None:
    stacks = deepcopy(templates(_PROD))
    for _, resource in resources_of(stacks["foundation"]):
        if resource["name"] == "network-eastus2":
            resource["dependsOn"].append(_deployment_id("peering-eastus2"))
    told = [
        item for item in find_faults(expanded(stacks, _PROD, _DAY), None) if item.what.startswith("waits for itself")
    ]
    assert "'network-eastus2' → " in told[0].what
    assert told[0].advice.startswith("break the circle")


def test_a_resource_that_is_made_twice_is_found() -> None:
    stacks = deepcopy(templates(_PROD))
    for together, resource in list(resources_of(stacks["foundation"])):
        if resource["name"] == "ng-textnlp-prod-eus2":
            together.append(resource)
    found = find_faults(expanded(stacks, _PROD, _DAY), None)
    assert [(item.what, item.advice) for item in found] == [("is made twice", "give one of them another name")]


def _deployment_id(name: str) -> Any:
    group = "/subscriptions/{0}/resourceGroups/rg-textnlp-prod-eus2-foundation"
    above = f"format('{group}', subscription().subscriptionId)"
    return f"[extensionResourceId({above}, 'Microsoft.Resources/deployments', '{name}')]"
