from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform
from textnlp_infra.stacks.workload import build_workload


def test_it_makes_no_group_of_its_own() -> None:
    known = environment("dev")
    foundation = build_foundation(known)
    stack = build_workload(known, foundation, build_platform(known, foundation))
    assert stack.groups() == ()
    assert {unit.name.partition("-")[0] for unit in stack.units} == {
        "access",
        "alerts",
        "backup",
        "budget",
        "policies",
        "workbook",
    }
