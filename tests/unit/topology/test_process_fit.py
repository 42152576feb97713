from dataclasses import replace
from typing import Any

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.declaration import Topology
from textnlp.topology.process_fit import process_problems


def _with_process(name: str, **changes: Any) -> Topology:
    processes = tuple(replace(p, **changes) if p.name == name else p for p in TOPOLOGY.processes)
    return replace(TOPOLOGY, processes=processes)


def _with_resources(**changes: Any) -> Topology:
    resources = TOPOLOGY.process("batch-worker").resources
    assert resources is not None
    return _with_process("batch-worker", resources=replace(resources, **changes))


def test_the_declared_processes_have_no_problem() -> None:
    assert list(process_problems(TOPOLOGY)) == []


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("receives", "validations"),
        ("receives", "generation-events"),
        ("sends", "generation-events/validation-sub"),
        ("scales_on", "validations"),
        ("publishes", "Batch.Finished"),
        ("reads", "prompts"),
        ("writes", "prompts/batches"),
        ("reads_records", "rows"),
        ("writes_records", "rows"),
        ("uses", "postgres"),
        ("secrets", "openai-api-key"),
        ("roles", "TextGeneration.Read"),
    ],
)
def test_a_name_that_is_not_declared_is_told_with_process_and_field(field: str, name: str) -> None:
    told = list(process_problems(_with_process("api", **{field: (name,)})))
    assert f"process 'api': {field} names '{name}', which is not declared" in told


_PLANTED = [
    (
        replace(TOPOLOGY, one_off_jobs=(replace(TOPOLOGY.one_off_jobs[0], process="drills"),)),
        "one-off job 'migrations': there is no process 'drills' with an image",
    ),
    (
        replace(TOPOLOGY, file_shares=(replace(TOPOLOGY.file_shares[0], read_by=("console",)),)),
        "file share 'model-files': there is no process 'console' with an image to mount it in",
    ),
    (
        _with_process("api", max_replicas=30),
        "database: all replicas together open 558 connections, the server has 480 for them",
    ),
    (
        _with_process("webhook-worker", database_connections=0),
        "process 'webhook-worker': uses 'database' and database_connections come together",
    ),
    (_with_process("api", host="kubernetes"), "process 'api': runs on 'kubernetes', which is no declared service"),
    (_with_process("api", pool="cpus"), "process 'api': there is no node pool 'cpus'"),
    (_with_process("console", part_of="apis"), "process 'console': is part of 'apis', which is not declared"),
    (
        _with_process("batch-worker", scales_on=("validation-queue",)),
        "process 'batch-worker': scales on 'validation-queue', which it does not receive",
    ),
    (
        _with_process("batch-worker", messages_per_replica=None),
        "process 'batch-worker': scales_on and messages_per_replica come together",
    ),
    (
        _with_process("batch-worker", uses=("posture",)),
        "process 'batch-worker': uses 'posture', which has no port to be called at",
    ),
    (
        _with_resources(cpu_limit_millis=25_000),
        "process 'batch-worker': cpu_limit_millis is 25000, a machine of pool 'gpuspot' has 24000",
    ),
    (
        _with_resources(memory_limit_mib=300_000),
        "process 'batch-worker': memory_limit_mib is 300000, a machine of pool 'gpuspot' has 225280",
    ),
    (_with_resources(gpu_count=2), "process 'batch-worker': gpu_count is 2, a machine of pool 'gpuspot' has 1"),
    (
        _with_process("validation-worker", receives=("validation-queue",)),
        "entity 'generation-events/validation-sub': no process receives from it",
    ),
    (
        _with_process("generation-worker", receives=(), scales_on=()),
        "entity 'text-generation-queue': no process receives from it",
    ),
    (
        _with_process("api", sends=()),
        "entity 'text-generation-queue': no process sends to it and no event route leads there",
    ),
    (
        replace(TOPOLOGY, event_routes=TOPOLOGY.event_routes[:1]),
        "entity 'generation-events': no process sends to it and no event route leads there",
    ),
    (_with_process("functions", writes=()), "prefix 'prompts/quarantine': no process writes it"),
    (
        replace(TOPOLOGY, machine_sizes=TOPOLOGY.machine_sizes[1:]),
        "node pool or training cluster 'system': there is no machine size 'Standard_D4ds_v5'",
    ),
]


@pytest.mark.parametrize(("topology", "told"), _PLANTED, ids=[told[:60] for _, told in _PLANTED])
def test_a_process_that_does_not_fit_is_told_by_name(topology: Topology, told: str) -> None:
    assert told in list(process_problems(topology))
