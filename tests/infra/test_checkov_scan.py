import json
from pathlib import Path

import pytest
from tools import scan_manifests, scan_templates
from tools.checkov_scan import Reason, faults

from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate

ALLOWED = Reason("CKV_K8S_9", ("*-worker",), "no calls are sent to it")


def test_a_finding_without_a_reason_is_a_fault_that_says_where() -> None:
    found = [("CKV_K8S_9", "Deployment.production.api", "Readiness Probe Should be Configured")]
    told, unneeded = faults(found, [ALLOWED], kept_in="reasons.py")
    assert told.startswith("CKV_K8S_9 Deployment.production.api: Readiness Probe")
    assert told.endswith("mend it, or say why not in reasons.py")
    assert unneeded == "CKV_K8S_9: nothing needs its reason any more"


@pytest.mark.parametrize("check", ["CKV_K8S_9", "CKV_K8S_8"])
def test_a_reason_is_for_one_check_and_the_resources_that_it_names(check: str) -> None:
    found = [
        (check, "Deployment.production.batch-worker", "a probe"),
        ("CKV_K8S_9", "Job.production.x-worker", "a probe"),
    ]
    assert bool(faults(found, [ALLOWED], kept_in="reasons.py")) == (check != ALLOWED.check)


@pytest.mark.parametrize("reasons", [scan_manifests.REASONS, scan_templates.REASONS])
def test_every_reason_says_something(reasons: tuple[Reason, ...]) -> None:
    assert all(len(each.reason.split()) > 4 and each.resources for each in reasons)


def test_the_templates_that_are_scanned_hold_every_resource_and_no_expression(tmp_path: Path) -> None:
    known = environment("dev")
    scan_templates.write_expanded(known, tmp_path)
    template = json.loads((tmp_path / "dev.json").read_text())
    names = {(each["type"], each["name"].rpartition("/")[2]) for each in template["resources"]}
    built = {(each.type, str(each.name)) for each in build_estate(known).resources() if isinstance(each.name, str)}
    assert built <= names
