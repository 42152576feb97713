from textnlp.topology.workloads import PROCESSES

_BY_NAME = {process.name: process for process in PROCESSES}


def test_each_queue_has_the_worker_that_is_named_after_it() -> None:
    received = {name: process.receives for name, process in _BY_NAME.items() if process.receives}
    assert received == {
        "generation-worker": ("text-generation-queue",),
        "batch-worker": ("batch-processing-queue",),
        "validation-worker": ("validation-queue", "generation-events/validation-sub"),
        "functions": ("generation-events/monitoring-sub",),
        "webhook-worker": ("generation-events/webhooks-sub",),
    }


def test_workers_rest_at_zero_and_come_with_their_messages() -> None:
    for name in ("generation-worker", "batch-worker", "validation-worker"):
        assert _BY_NAME[name].min_replicas == 0
        assert _BY_NAME[name].scales_on


def test_the_api_listens_where_the_design_says_and_is_probed_there() -> None:
    api = _BY_NAME["api"]
    assert api.port == 8_000
    assert api.min_replicas == 3
    assert api.liveness is not None
    assert api.readiness is not None
    assert (api.liveness.path, api.readiness.path) == ("/health", "/ready")


def test_a_bad_file_of_prompts_is_put_aside_by_the_function_that_found_it() -> None:
    functions = _BY_NAME["functions"]
    assert "prompts/batch" in functions.reads
    assert "prompts/quarantine" in functions.writes
    assert "batch-processing-queue" in functions.sends


def test_usage_is_added_up_every_five_minutes() -> None:
    assert ("aggregate-usage", "0 */5 * * * *") in _BY_NAME["functions"].timers


def test_only_operations_write_backups() -> None:
    writers = {process.name for process in PROCESSES if any(p.startswith("backups/") for p in process.writes)}
    assert writers == {"operations"}


def test_the_workflow_calls_the_gateway_as_an_application() -> None:
    workflow = _BY_NAME["workflow"]
    assert workflow.roles == ("TextGeneration.ReadWrite.All",)
    assert "gateway" in workflow.uses
