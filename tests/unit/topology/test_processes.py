from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.processes import Process, Resources

_RESOURCES = Resources(cpu_millis=500, cpu_limit_millis=1_000, memory_mib=512, memory_limit_mib=1_024)
_PROCESS = Process(name="planted", does="stands here", host="cluster", pool="cpu", resources=_RESOURCES)


def test_what_a_process_does_not_name_it_does_not_touch() -> None:
    assert _PROCESS.receives == _PROCESS.writes == _PROCESS.secrets == _PROCESS.roles == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"min_replicas": 3, "max_replicas": 2}, "replicas 3 to 2"),
        ({"pool": None}, "needs a pool"),
        ({"resources": None}, "needs a pool and resources"),
        ({"resources": replace(_RESOURCES, cpu_millis=2_000)}, "asks for more than its limit"),
        ({"resources": replace(_RESOURCES, memory_mib=2_048)}, "asks for more than its limit"),
    ],
)
def test_a_process_that_no_cluster_could_run_is_refused_by_name(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"process 'planted': .*{told}"):
        replace(_PROCESS, **changes)


def test_a_part_of_another_process_needs_no_machine_of_its_own() -> None:
    assert Process(name="planted", does="stands here", host="cluster", part_of="api").pool is None
