import contextlib
import importlib.util
import json
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.architecture.source_tree import ROOT
from tests.doubles.functions_host import FunctionsHost
from textnlp.bootstrap.platform import Platform
from textnlp.functions.app import MESSAGES_CONNECTION, NOTE_EVENT, PROMPTS_CONNECTION, START_BATCH, build_app
from textnlp.functions.duties import DUTIES
from textnlp.functions.hold import PlatformHold
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.workloads import FUNCTIONS

FOLDER = ROOT / "functions"
SECRET_WORDS = ("AccountKey", "SharedAccessKey", "password", "Endpoint=", "DefaultEndpointsProtocol")


def opened_by_nobody() -> contextlib.AbstractAsyncContextManager[Platform]:
    @contextlib.asynccontextmanager
    async def refuse() -> AsyncGenerator[Platform]:
        raise AssertionError
        yield

    return refuse()


HOST = FunctionsHost(build_app(PlatformHold(opened_by_nobody)))


def document(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def test_files_of_prompts_trigger_by_event_grid() -> None:
    assert HOST.binding(START_BATCH) == {
        "direction": "IN",
        "type": "blobTrigger",
        "name": "file",
        "path": "prompts/batch/{name}",
        "connection": "PromptsStorage",
        "source": "EventGrid",
    }


def test_events_trigger_from_the_subscription_that_the_topology_has_for_them() -> None:
    binding = HOST.binding(NOTE_EVENT)
    assert binding["type"] == "serviceBusTrigger"
    assert TOPOLOGY.process(FUNCTIONS).receives == (f"{binding['topicName']}/{binding['subscriptionName']}",)


def test_every_timer_of_the_topology_but_that_of_environments_is_a_function_on_its_schedule() -> None:
    timers = dict(TOPOLOGY.process(FUNCTIONS).timers)
    assert set(timers) - set(DUTIES) == {"switch-environments"}
    assert HOST.names == set(DUTIES) | {START_BATCH, NOTE_EVENT}
    for name in DUTIES:
        binding = HOST.binding(name)
        assert (binding["type"], binding["schedule"]) == ("timerTrigger", timers[name])
        assert (binding["runOnStartup"], binding["useMonitor"]) == (False, True)
        assert HOST.retries(name)["max_retry_count"] == "3"
    assert HOST.binding("aggregate-usage")["schedule"] == "0 */5 * * * *"


def test_the_folder_that_is_deployed_has_the_same_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTNLP_DATA_DIR", "/nowhere")
    spec = importlib.util.spec_from_file_location("function_app", FOLDER / "function_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert FunctionsHost(module.app).names == HOST.names


def test_the_host_retries_files_and_keeps_exceptions_out_of_sampling() -> None:
    host = document("host.json")
    assert host["version"] == "2.0"
    assert host["extensions"]["blobs"] == {"maxDegreeOfParallelism": 2, "poisonBlobThreshold": 5}
    assert host["extensions"]["serviceBus"]["clientRetryOptions"]["mode"] == "exponential"
    assert "Exception" in host["logging"]["applicationInsights"]["samplingSettings"]["excludedTypes"]


def test_settings_name_identities_and_hold_no_secret() -> None:
    text = (FOLDER / "local.settings.example.json").read_text()
    values = json.loads(text)["Values"]
    assert not [word for word in SECRET_WORDS if word.lower() in text.lower()]
    assert values[f"{MESSAGES_CONNECTION}__fullyQualifiedNamespace"].endswith(".servicebus.windows.net")
    assert f"{PROMPTS_CONNECTION}__accountName" in values
    for connection in ("AzureWebJobsStorage", PROMPTS_CONNECTION, MESSAGES_CONNECTION):
        assert connection not in values
        assert values[f"{connection}__credential"] == "managedidentity"
        assert values[f"{connection}__clientId"] == values["AZURE_CLIENT_ID"]


async def test_a_failure_is_logged_as_a_warning_and_what_it_says_is_not(caplog: pytest.LogCaptureFixture) -> None:
    event = {"id": "1", "type": "Batch.Failed", "subject": "batches/b", "data": {"reason": "private"}}
    with caplog.at_level(logging.INFO):
        await HOST.send(NOTE_EVENT, json.dumps(event).encode())
        await HOST.send(NOTE_EVENT, json.dumps(event | {"type": "Batch.Completed"}).encode())
    told = [record for record in caplog.records if record.name == "textnlp.functions.events"]
    assert [record.levelname for record in told] == ["WARNING", "INFO"]
    assert "private" not in caplog.text


async def test_what_is_no_event_is_not_taken() -> None:
    with pytest.raises(msgspec.MsgspecError):
        await HOST.send(NOTE_EVENT, b"{}")


def test_secrets_stay_at_home() -> None:
    ignored = Path(FOLDER / ".funcignore").read_text().split()
    assert "local.settings*.json" in ignored
