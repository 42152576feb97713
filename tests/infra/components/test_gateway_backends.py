from typing import Any

from tests.infra.azure_types import TYPED, body_faults
from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.arm import Resource

_EDGE = edge()
_BACKENDS = {str(item.name): item for item in _EDGE.components["gateway-backends"]}


def _breaker(backend: Resource) -> dict[str, Any]:
    (rule,) = properties(backend)["circuitBreaker"]["rules"]
    return rule


def test_every_backend_that_a_policy_names_is_there() -> None:
    texts = "".join(render_policies().values())
    named = {word.split('"')[1] for word in texts.split("backend-id=")[1:]}
    assert named
    assert named <= set(_BACKENDS)


def test_the_service_is_the_cluster_of_the_region_and_proves_its_name() -> None:
    told = properties(_BACKENDS["textnlp-api"])
    assert told["url"] == "https://api.textnlp.com"
    assert told["tls"] == {"validateCertificateChain": True, "validateCertificateName": True}
    (codes,) = _breaker(_BACKENDS["textnlp-api"])["failureCondition"]["statusCodeRanges"]
    assert (codes["min"], codes["max"]) == (500, 599)


def test_models_of_the_next_region_answer_while_a_circuit_is_open() -> None:
    for name in ("content-safety", "embeddings"):
        told = properties(_BACKENDS[name])
        assert told["type"] == "Pool"
        assert [item["priority"] for item in told["pool"]["services"]] == [1, 2]
        for region in ("eastus2", "centralus"):
            rule = _breaker(_BACKENDS[f"{name}-{region}"])
            assert rule["acceptRetryAfter"] is True
            assert rule["tripDuration"] == "PT1M"
            assert {"min": 429, "max": 429} in rule["failureCondition"]["statusCodeRanges"]


def test_the_gateway_signs_in_to_models_as_itself() -> None:
    for name, backend in _BACKENDS.items():
        if name.endswith(("eastus2", "centralus")):
            credentials = properties(backend)["credentials"]
            assert credentials == {"managedIdentity": {"resource": "https://cognitiveservices.azure.com"}}
    grants = _EDGE.components["gateway-access"]
    assert all("identity.principalId" in properties(grant)["principalId"] for grant in grants)
    assert len([grant for grant in grants if grant.scope and "CognitiveServices" in grant.scope.type]) == 4


@TYPED
def test_the_stable_types_know_all_but_that_sign_in() -> None:
    for backend in of_type(_BACKENDS.values(), "backends"):
        told = {key: value for key, value in properties(backend).items() if key != "credentials"}
        assert body_faults(backend.type, {"name": str(backend.name), "properties": told}) == []
