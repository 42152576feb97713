from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform
from textnlp_infra.stacks.workload import build_workload


def test_it_makes_no_group_of_its_own() -> None:
    known = environment("dev")
    foundation = build_foundation(known)
    stack = build_workload(known, foundation, build_platform(known, foundation))
    assert stack.groups() == ()
    assert {unit.name for unit in stack.units} == {
        "access-platform-eastus2",
        "access-foundation-eastus2",
        "alerts-foundation-eastus2",
        "alerts-platform-eastus2",
        "backup-platform-eastus2",
        "budget-subscription-dev",
        "compute-access-platform-eastus2",
        "compute-access-foundation-eastus2",
        "container-jobs-platform-eastus2",
        "costs-platform-eastus2",
        "costs-subscription-dev",
        "policies-foundation-eastus2",
        "policies-platform-eastus2",
        "power-platform-eastus2",
        "prompt-events-platform-eastus2",
        "workbook-foundation-eastus2",
    }
