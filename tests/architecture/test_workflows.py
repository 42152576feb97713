import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools.check_workflow import FOLDER, folder_faults, main, workflow_faults

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import GENERATIONS_REALTIME
from textnlp.topology.workloads import WORKFLOW

SOUND = json.loads((FOLDER / "generate-validate-store" / "workflow.json").read_text())
PARAMETERS = json.loads((FOLDER / "parameters.json").read_text())


def top(workflow: Any) -> Any:
    return workflow["definition"]["actions"]


def inner(workflow: Any) -> Any:
    return top(workflow)["Produce"]["actions"]


PLANTED: dict[str, Callable[[Any], object]] = {
    "Parse_Request, Validate_Text starts: one": lambda flow: inner(flow)["Validate_Text"].update(runAfter={}),
    "Validate_Text: looks at Generate_Text, Parse_Request, which": lambda flow: inner(flow)["Validate_Text"].update(
        runAfter={}
    ),
    "wait for each other": lambda flow: inner(flow)["Parse_Request"].update(runAfter={"Store_Result": ["Succeeded"]}),
    "Store_Result: runs after Nobody": lambda flow: inner(flow)["Store_Result"]["runAfter"].update(Nobody=["Failed"]),
    "after Parse_Request it waits for ['Done']": lambda flow: inner(flow)["Generate_Text"].update(
        runAfter={"Parse_Request": ["Done"]}
    ),
    "parameter host is not declared": lambda flow: inner(flow)["Store_Result"]["inputs"].update(
        uri="@{parameters('host')}/x"
    ),
    "Store_Result: its authentication has no audience": lambda flow: inner(flow)["Store_Result"]["inputs"][
        "authentication"
    ].pop("audience"),
    "Validate_Text: does not say who it is": lambda flow: inner(flow)["Validate_Text"]["inputs"].pop("authentication"),
    "Generate_Text: has no retry policy": lambda flow: inner(flow)["Generate_Text"]["inputs"].update(
        retryPolicy={"type": "none"}
    ),
    "Generate_Text: names a host": lambda flow: inner(flow)["Generate_Text"]["inputs"].update(
        uri="https://textnlp.eastus.cloudapp.azure.com/api/v1/generate"
    ),
    "Generate_Text: sends no body": lambda flow: inner(flow)["Generate_Text"]["inputs"].pop("body"),
    "Content-Type is missing": lambda flow: inner(flow)["Generate_Text"]["inputs"].pop("headers"),
    "its schema lets anything through": lambda flow: inner(flow)["Parse_Request"]["inputs"].update(schema={}),
    "Produce: nothing answers": lambda flow: top(flow)["Find_Failure"].update(runAfter={"Produce": ["Failed"]}),
    "begins with something else": lambda flow: flow["definition"].update(triggers={}),
}


def test_the_workflows_of_the_repository_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert folder_faults() == []
    assert main([]) == 0
    assert capsys.readouterr().out == "Every workflow is in order.\n"


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(fault: str) -> None:
    workflow = copy.deepcopy(SOUND)
    PLANTED[fault](workflow)
    found = workflow_faults(workflow, PARAMETERS)
    assert any(fault in each for each in found), found


def test_a_parameter_that_nobody_uses_is_found() -> None:
    assert workflow_faults(SOUND, {**PARAMETERS, "connections": {}}) == ["parameter connections is used nowhere"]


def test_a_folder_without_a_workflow_is_not_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parameters.json").write_text("{}")
    assert main([str(tmp_path)]) == 1
    assert "holds no workflow" in capsys.readouterr().out


def test_the_workflow_writes_and_asks_where_the_topology_lets_it() -> None:
    process = TOPOLOGY.process(WORKFLOW)
    values = json.loads((FOLDER / "local.settings.example.json").read_text())["Values"]
    assert process.writes == (GENERATIONS_REALTIME,) == (PARAMETERS["resultFolder"]["value"],)
    assert values["TEXTNLP_API_AUDIENCE"] == TOPOLOGY.application.audience
    asked = {each["value"].split("'")[1] for each in PARAMETERS.values() if each["value"].startswith("@appsetting(")}
    assert asked <= set(values)


def test_settings_of_the_app_hold_no_key() -> None:
    text = (FOLDER / "local.settings.example.json").read_text()
    assert not [word for word in ("AccountKey", "SharedAccessKey", "sig=") if word in text]
    assert json.loads((FOLDER / "connections.json").read_text()) == {
        "serviceProviderConnections": {},
        "managedApiConnections": {},
    }
