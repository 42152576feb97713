from typing import cast

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.processes import Process
from textnlp_infra.arm import Expression, Resource
from textnlp_infra.components.compute_access import WATCHES_DEAD_LETTERS
from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate

_ROLES = {
    "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "receive",
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "send",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "write",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "read",
}
_WORKLOAD = next(stack for stack in build_estate(environment("prod")).stacks if stack.name == "workload")
_ASSIGNED = [resource for unit in _WORKLOAD.units for resource in unit.resources]


def _granted(process: Process) -> set[tuple[str, str]]:
    identity = f"id-textnlp-prod-eus2-{process.name}"
    found: set[tuple[str, str]] = set()
    for assignment in _ASSIGNED:
        used = [use for use in assignment.uses() if isinstance(use, Resource)]
        if assignment.scope and any(use.name == identity for use in used):
            text = cast("Expression", assignment.name).text_in(None)
            kind = next((name for role, name in _ROLES.items() if role in text), "")
            found.add((kind, str(assignment.scope.name)))
    return {(kind, name) for kind, name in found if kind}


@pytest.mark.parametrize("process", [p for p in TOPOLOGY.processes if not p.part_of], ids=lambda process: process.name)
def test_a_process_may_do_what_is_declared_and_nothing_else(process: Process) -> None:
    written = {prefix.partition("/")[0] for prefix in process.writes}
    declared = {
        *(("receive", name.rpartition("/")[2]) for name in process.receives),
        *(("send", name) for name in process.sends),
        *(("write", name) for name in written),
        *(("receive", "sbns-textnlp-prod-eus2") for name, _ in process.timers if name == WATCHES_DEAD_LETTERS),
    }
    granted = _granted(process)
    assert {item for item in granted if item[0] != "read"} == declared
    read = {prefix.partition("/")[0] for prefix in process.reads}
    assert {name for kind, name in granted if kind in {"read", "write"}} == read | written


def test_the_stack_lies_in_the_groups_of_what_it_is_about_and_makes_none() -> None:
    assert _WORKLOAD.groups() == ()
    units = {unit.name for unit in _WORKLOAD.units if unit.name.startswith("access-")}
    assert units == {"access-platform-eastus2", "access-foundation-eastus2"}
