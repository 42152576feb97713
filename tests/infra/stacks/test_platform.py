from typing import cast

from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform


def test_what_is_deployed_lies_in_groups_of_its_own() -> None:
    known = environment("prod")
    stack = build_platform(known, build_foundation(known)).stack
    assert [group.name for group in stack.groups()] == [
        "rg-textnlp-prod-eus2-platform",
        "rg-textnlp-prod-cus-platform",
    ]


def test_where_everything_is_reached_is_told_after_deployment() -> None:
    known = environment("dev")
    outputs = build_platform(known, build_foundation(known)).stack.template()["outputs"]
    assert set(cast("dict[str, object]", outputs)) == {
        "blobAccount",
        "databaseHost",
        "cacheHost",
        "serviceBusEndpoint",
        "eventsEndpoint",
        "frontDoorHost",
        "domainProof",
    }


def test_the_name_of_the_writer_comes_after_server_and_replica() -> None:
    known = environment("prod")
    names = [unit.name for unit in build_platform(known, build_foundation(known)).stack.units]
    assert names.index("database-writer-eastus2") > names.index("database-centralus") > names.index("database-eastus2")
