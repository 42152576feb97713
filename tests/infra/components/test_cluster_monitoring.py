from tests.infra.estate_parts import faults, of_type, parts, properties
from textnlp_infra.components.cluster import CLUSTER
from textnlp_infra.components.cluster_monitoring import build_cluster_monitoring

_PARTS = parts()
_CLUSTER = _PARTS.stamp.resource(CLUSTER)
_BUILT = build_cluster_monitoring(
    _PARTS.stamp,
    cluster=_CLUSTER,
    insights=_PARTS.foundation.insights,
    networks=_PARTS.networks,
    workspace=_PARTS.foundation.workspace,
)


def test_the_cluster_sends_by_both_rules_through_the_private_door() -> None:
    associations = {str(item.name): properties(item) for item in of_type(_BUILT.resources, "RuleAssociations")}
    assert associations["container-logs"]["dataCollectionRuleId"].endswith("'dcr-textnlp-prod-eus2-container-logs')]")
    assert associations["container-metrics"]["dataCollectionRuleId"].endswith("-container-metrics')]")
    assert associations["configurationAccessEndpoint"]["dataCollectionEndpointId"].endswith("'dce-textnlp-prod-eus2')]")
    assert all(item.scope is _CLUSTER for item in of_type(_BUILT.resources, "RuleAssociations"))


def test_what_comes_in_goes_to_the_workspace_and_to_the_metrics() -> None:
    logs, metrics = (properties(item) for item in of_type(_BUILT.resources, "dataCollectionRules"))
    for rule, kind in ((logs, "logAnalytics"), (metrics, "monitoringAccounts")):
        (flow,) = rule["dataFlows"]
        (source,) = next(iter(rule["dataSources"].values()))
        (destination,) = rule["destinations"][kind]
        assert flow == {"streams": source["streams"], "destinations": [destination["name"]]}


def test_nothing_is_open_and_the_metrics_have_their_name_in_the_zone_of_their_region() -> None:
    assert properties(_BUILT.metrics)["publicNetworkAccess"] == "Disabled"
    (endpoint,) = of_type(_BUILT.resources, "dataCollectionEndpoints")
    assert properties(endpoint)["networkAcls"] == {"publicNetworkAccess": "Disabled"}
    for zones in of_type(_BUILT.resources, "privateDnsZoneGroups"):
        (entry,) = properties(zones)["privateDnsZoneConfigs"]
        assert entry["name"] == "privatelink-eastus2-prometheus-monitor-azure-com"


def test_what_is_sent_stays_inside_the_networks() -> None:
    (scoped,) = of_type(_BUILT.resources, "scopedResources")
    assert scoped.parent is _PARTS.foundation.insights.scope
    assert scoped.name == "dce-textnlp-prod-eus2"


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
