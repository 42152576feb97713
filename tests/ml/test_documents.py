"""The documents of Azure ML, against the declaration and against the types of the resources that they become."""

import re
from typing import Any

import pytest
import yaml

from tests.architecture.source_tree import ROOT
from tests.infra.azure_types import TYPED, body_faults
from textnlp.topology.node_pools import MACHINE_SIZES, TRAINING_CLUSTERS

_FOLDER = ROOT / "ml"
_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
_DEPLOYMENTS = ["deployment-blue.yml", "deployment-green.yml"]


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((_FOLDER / name).read_text())


def duration(seconds: float) -> str:
    return f"PT{seconds:g}S"


def probe(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "failureThreshold": told["failure_threshold"],
        "successThreshold": told["success_threshold"],
        "initialDelay": duration(told["initial_delay"]),
        "period": duration(told["period"]),
        "timeout": duration(told["timeout"]),
    }


def deployment_body(told: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that the command line of Azure ML makes of a deployment."""
    return {
        "name": told["name"],
        "location": "eastus2",
        "sku": {"name": "Default", "capacity": told["instance_count"]},
        "properties": {
            "endpointComputeType": "Managed",
            "appInsightsEnabled": told["app_insights_enabled"],
            "egressPublicNetworkAccess": told["egress_public_network_access"].capitalize(),
            "instanceType": told["instance_type"],
            "model": told["model"],
            "codeConfiguration": {"scoringScript": told["code_configuration"]["scoring_script"]},
            "environmentVariables": told["environment_variables"],
            "livenessProbe": probe(told["liveness_probe"]),
            "readinessProbe": probe(told["readiness_probe"]),
            "requestSettings": {
                "requestTimeout": duration(told["request_settings"]["request_timeout_ms"] / 1000),
                "maxConcurrentRequestsPerInstance": told["request_settings"]["max_concurrent_requests_per_instance"],
            },
        },
    }


def cluster_body(told: dict[str, Any]) -> dict[str, Any]:
    """Return the resource that the command line of Azure ML makes of a cluster."""
    return {
        "name": told["name"],
        "location": "eastus2",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "computeType": "AmlCompute",
            "properties": {
                "vmSize": told["size"],
                "vmPriority": told["tier"].capitalize(),
                "enableNodePublicIp": told["enable_node_public_ip"],
                "scaleSettings": {
                    "minNodeCount": told["min_instances"],
                    "maxNodeCount": told["max_instances"],
                    "nodeIdleTimeBeforeScaleDown": duration(told["idle_time_before_scale_down"]),
                },
            },
        },
    }


@TYPED
@pytest.mark.parametrize("name", _DEPLOYMENTS)
def test_a_deployment_has_the_type_of_its_resource(name: str) -> None:
    assert body_faults(f"{_WORKSPACE}/onlineEndpoints/deployments", deployment_body(read(name))) == []


@TYPED
def test_the_endpoint_has_the_type_of_its_resource() -> None:
    told = read("endpoint.yml")
    body = {
        "name": told["name"],
        "location": "eastus2",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "authMode": {"aad_token": "AADToken", "key": "Key"}[told["auth_mode"]],
            "publicNetworkAccess": told["public_network_access"].capitalize(),
            "traffic": told["traffic"],
        },
    }
    assert body_faults(f"{_WORKSPACE}/onlineEndpoints", body) == []


@TYPED
@pytest.mark.parametrize("name", ["cluster-cpu.yml", "cluster-gpu.yml"])
def test_a_cluster_has_the_type_of_its_resource(name: str) -> None:
    assert body_faults(f"{_WORKSPACE}/computes", cluster_body(read(name))) == []


@TYPED
def test_planted_faults_are_found() -> None:
    body = deployment_body(read("deployment-blue.yml"))
    body["properties"]["livenessProbe"]["periods"] = "PT1S"
    body["properties"]["egressPublicNetworkAccess"] = "Never"
    body["properties"]["appInsightsEnabled"] = "yes"
    del body["location"]
    found = "\n".join(body_faults(f"{_WORKSPACE}/onlineEndpoints/deployments", body))
    for place in ("livenessProbe.periods", "egressPublicNetworkAccess", "appInsightsEnabled", "location is missing"):
        assert place in found


def test_clusters_are_those_of_the_declaration() -> None:
    told = [read("cluster-gpu.yml"), read("cluster-cpu.yml")]
    facts = [(each["name"], each["size"], each["min_instances"], each["max_instances"]) for each in told]
    assert facts == [(each.name, each.machine_size, each.min_count, each.max_count) for each in TRAINING_CLUSTERS]
    idle = [each["idle_time_before_scale_down"] for each in told]
    assert idle == [each.idle_seconds_before_scale_down for each in TRAINING_CLUSTERS]


def test_traffic_goes_to_deployments_that_are_there_and_adds_up() -> None:
    traffic = read("endpoint.yml")["traffic"]
    assert sum(traffic.values()) == 100
    assert set(traffic) == {read(name)["name"] for name in _DEPLOYMENTS}


@pytest.mark.parametrize("name", _DEPLOYMENTS)
def test_a_deployment_names_files_and_sizes_that_are_there(name: str) -> None:
    told = read(name)
    code = told["code_configuration"]
    assert (_FOLDER / code["code"] / code["scoring_script"]).is_file()
    assert (_FOLDER / told["environment"]["conda_file"]).is_file()
    assert told["endpoint_name"] == read("endpoint.yml")["name"]
    assert told["instance_type"] in {size.name for size in MACHINE_SIZES}


def test_the_environment_holds_this_version() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)
    assert version
    assert f"textnlp=={version[1]}" in read("environment.yml")["dependencies"][-1]["pip"]


def test_the_job_uses_what_it_declares_and_nothing_else() -> None:
    job = read("fine-tuning-job.yml")
    used = set(re.findall(r"\$\{\{(inputs|outputs)\.(\w+)\}\}", job["command"]))
    assert used == {(kind, name) for kind in ("inputs", "outputs") for name in job[kind]}
    assert job["compute"] == f"azureml:{read('cluster-gpu.yml')['name']}"
    assert (_FOLDER / job["environment"]["conda_file"]).is_file()
