from typing import Any, cast

from textnlp_infra.arm import Resource
from textnlp_infra.arm.expression import written
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import PlatformStack, build_platform


def _platform(name: str) -> PlatformStack:
    known = environment(name)
    return build_platform(known, build_foundation(known))


def _databases(platform: PlatformStack) -> list[Resource]:
    return [item for item in platform.cache.resources if item.type.endswith("redisEnterprise/databases")]


def test_each_cache_joins_those_before_it() -> None:
    first, second = _databases(_platform("prod"))
    place = "rg-textnlp-prod-cus-platform"
    linked = cast("Any", second.properties)["geoReplication"]["linkedDatabases"]
    assert [str(written(item["id"], place)).rsplit("'", 4)[-4] for item in linked] == [
        "amr-textnlp-prod-eus2",
        "amr-textnlp-prod-cus",
    ]
    assert first in list(second.uses())


def test_one_cache_alone_is_linked_to_none() -> None:
    (database,) = _databases(_platform("dev"))
    assert cast("Any", database.properties)["geoReplication"] is None


def test_processes_that_use_the_cache_may_sign_in_and_no_key_opens_it() -> None:
    platform = _platform("dev")
    names = {str(item.name) for item in platform.cache.resources if item.type.endswith("accessPolicyAssignments")}
    assert names == {"api", "generationworker", "batchworker", "validationworker"}
    assert cast("Any", _databases(platform)[0].properties)["accessKeysAuthentication"] == "Disabled"
