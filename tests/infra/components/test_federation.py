from tests.infra.estate_parts import faults, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.cluster import CLUSTER
from textnlp_infra.components.federation import build_federation, service_accounts

_PARTS = parts()
_CLUSTER = _PARTS.stamp.resource(CLUSTER)
_IDENTITIES = _PARTS.foundation.identities
_CREDENTIALS = build_federation(_IDENTITIES, _CLUSTER, "production")


def test_every_process_of_the_cluster_signs_in_as_itself() -> None:
    told = {str(credential.parent and credential.parent.name): properties(credential) for credential in _CREDENTIALS}
    assert told["id-textnlp-prod-eus2-api"]["subject"] == "system:serviceaccount:production:api"
    assert told["id-textnlp-prod-eus2-migrations"]["subject"] == "system:serviceaccount:production:migrations"
    for credential in told.values():
        assert credential["audiences"] == ["api://AzureADTokenExchange"]
        assert credential["issuer"].endswith(".oidcIssuerProfile.issuerURL]")


def test_what_lives_in_another_process_has_no_account() -> None:
    accounts = service_accounts("production")
    assert "console" not in accounts
    assert "functions" not in accounts
    assert {name for name in accounts if name not in {"scaler", "cluster-gateway"}} <= {
        process.name for process in TOPOLOGY.processes
    }


def test_the_autoscaler_and_the_gateway_have_identities_of_their_own() -> None:
    accounts = service_accounts("production")
    assert accounts["scaler"].subject == "system:serviceaccount:kube-system:keda-operator"
    assert accounts["cluster-gateway"].subject == "system:serviceaccount:gateway:gateway-certificate"


def test_credentials_of_the_next_cluster_wait_for_the_first() -> None:
    later = build_federation(_IDENTITIES, _PARTS.stamp.resource(CLUSTER, part="x"), "production", after=_CREDENTIALS)
    assert later[0].after == _CREDENTIALS


def test_the_published_types_find_nothing() -> None:
    assert faults(_CREDENTIALS) == []
