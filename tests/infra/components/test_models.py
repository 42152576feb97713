from tests.infra.estate_parts import body, faults, of_type, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.models import Models, build_models, models_config


def _built(name: str = "prod") -> Models:
    made = parts(name)
    return build_models(
        models_config(made.stamp.environment),
        made.stamp,
        networks=made.networks,
        workspace=made.foundation.workspace,
    )


_BUILT = _built()


def test_accounts_take_tokens_alone_and_nothing_from_outside() -> None:
    for account in (_BUILT.account, _BUILT.safety):
        told = properties(account)
        assert told["disableLocalAuth"] is True
        assert told["publicNetworkAccess"] == "Disabled"
        assert told["networkAcls"]["defaultAction"] == "Deny"
        assert told["customSubDomainName"] == account.name
        assert told["restrictOutboundNetworkAccess"] is True
        assert told["allowedFqdnList"] == []
    assert (_BUILT.account.kind, _BUILT.safety.kind) == ("AIServices", "ContentSafety")


def test_the_whole_catalogue_is_deployed_with_its_capacity() -> None:
    deployed = {
        str(item.name): (body(item)["sku"], properties(item)["model"]["version"])
        for item in of_type(_BUILT.resources, "deployments")
    }
    assert deployed == {
        item.name: ({"name": item.sku, "capacity": item.capacity}, item.version) for item in TOPOLOGY.model_deployments
    }


def test_a_smaller_environment_orders_a_part_of_each_capacity() -> None:
    capacities = [body(item)["sku"]["capacity"] for item in of_type(_built("dev").resources, "deployments")]
    assert capacities == [item.capacity // 10 for item in TOPOLOGY.model_deployments]


def test_an_account_is_changed_by_one_deployment_at_a_time() -> None:
    first, *others = of_type(_BUILT.resources, "deployments")
    assert [item.type.rpartition("/")[2] for item in first.after] == ["raiPolicies"]
    for before, item in zip((first, *others), others, strict=False):
        assert before in item.after


def test_every_deployment_has_the_content_filter_that_it_names() -> None:
    (policy,) = of_type(_BUILT.resources, "raiPolicies")
    assert {properties(item)["raiPolicyName"] for item in of_type(_BUILT.resources, "deployments")} == {policy.name}
    filters = properties(policy)["contentFilters"]
    assert all(item["enabled"] and item["blocking"] for item in filters)
    assert {(item["name"], item["source"]) for item in filters} >= {
        ("Violence", "Prompt"),
        ("Violence", "Completion"),
        ("Jailbreak", "Prompt"),
        ("Indirect Attack", "Prompt"),
    }


def test_a_way_in_leads_to_each_account_from_every_region() -> None:
    endpoints = [str(item.name) for item in of_type(_BUILT.resources, "privateEndpoints")]
    assert endpoints == [
        f"pep-{account.name}-account" for account in (_BUILT.account, _BUILT.safety) for _ in parts().networks
    ]


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
