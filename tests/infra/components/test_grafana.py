from tests.infra.estate_parts import faults, of_type, parts, properties
from textnlp_infra.components.cluster_monitoring import MONITOR
from textnlp_infra.components.grafana import Grafana, build_grafana


def _built(name: str = "prod") -> Grafana:
    made = parts(name)
    return build_grafana(
        made.stamp,
        metrics=[made.stamp.resource(MONITOR, part=part) for part in ("a", "b")],
        networks=made.networks,
        workspace=made.foundation.workspace,
    )


_BUILT = _built()


def test_it_knows_no_keys_and_answers_inside_the_network_alone() -> None:
    told = properties(_BUILT.grafana)
    assert (told["apiKey"], told["publicNetworkAccess"]) == ("Disabled", "Disabled")


def test_it_may_read_what_it_draws_and_no_more() -> None:
    assert len(properties(_BUILT.grafana)["grafanaIntegrations"]["azureMonitorWorkspaceIntegrations"]) == 2
    assert [str(grant.scope and grant.scope.name) for grant in of_type(_BUILT.resources, "roleAssignments")] == [
        "amw-textnlp-prod-eus2-a",
        "amw-textnlp-prod-eus2-b",
        "log-textnlp-prod-eus2",
    ]


def test_it_is_spread_over_zones_where_the_environment_is() -> None:
    assert properties(_BUILT.grafana)["zoneRedundancy"] == "Enabled"
    assert properties(_built("dev").grafana)["zoneRedundancy"] == "Disabled"


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
