import pytest
from tools.scan_manifests import REASONS, Reason, faults

ALLOWED = Reason("CKV_K8S_9", ("*-worker",), "no calls are sent to it")


def test_a_finding_without_a_reason_is_a_fault_that_says_where() -> None:
    found = [("CKV_K8S_9", "Deployment.production.api", "Readiness Probe Should be Configured")]
    told, unneeded = faults(found, [ALLOWED])
    assert told.startswith("CKV_K8S_9 Deployment.production.api: Readiness Probe")
    assert unneeded == "CKV_K8S_9: nothing needs its reason any more"


@pytest.mark.parametrize("check", ["CKV_K8S_9", "CKV_K8S_8"])
def test_a_reason_is_for_one_check_and_the_resources_that_it_names(check: str) -> None:
    found = [
        (check, "Deployment.production.batch-worker", "a probe"),
        ("CKV_K8S_9", "Job.production.x-worker", "a probe"),
    ]
    assert bool(faults(found, [ALLOWED])) == (check != ALLOWED.check)


def test_every_reason_says_something() -> None:
    assert all(len(each.reason.split()) > 4 and each.resources for each in REASONS)
