from dataclasses import replace
from datetime import date

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Queue, Subscription, Topic
from textnlp.topology.regions import RegionRole


def test_an_entity_is_found_by_the_name_it_is_sent_to_or_received_from() -> None:
    assert isinstance(TOPOLOGY.entity("text-generation-queue"), Queue)
    assert isinstance(TOPOLOGY.entity("generation-events"), Topic)
    assert isinstance(TOPOLOGY.entity("generation-events/validation-sub"), Subscription)


def test_each_look_up_finds_the_thing_that_has_the_name() -> None:
    assert TOPOLOGY.queue("validation-queue").name == "validation-queue"
    assert TOPOLOGY.process("batch-worker").name == "batch-worker"
    assert TOPOLOGY.permission("TextGeneration.Read").value == "TextGeneration.Read"
    assert TOPOLOGY.call_limit("quota").allowed == 1_000_000
    assert TOPOLOGY.region(RegionRole.RECOVERY).name == "centralus"
    assert TOPOLOGY.storage_account_of("generations/archive").name == "archive"


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(
        KeyError, match="no queue 'validation'; there are batch-processing-queue, text-generation-queue, "
    ):
        TOPOLOGY.queue("validation")
    with pytest.raises(KeyError, match=r"no entity 'generation-events/x'; .*generation-events/monitoring-sub"):
        TOPOLOGY.entity("generation-events/x")
    with pytest.raises(KeyError, match=r"no permission 'generate\.read'; there are Platform\.Admin"):
        TOPOLOGY.permission("generate.read")
    with pytest.raises(KeyError, match="no process 'apis'; there are api, batch-worker"):
        TOPOLOGY.process("apis")
    with pytest.raises(KeyError, match="no limit 'calls'; there are quota, rate-limit, token-limit"):
        TOPOLOGY.call_limit("calls")
    with pytest.raises(KeyError, match="no subnet 'aks'; there are AzureBastionSubnet"):
        TOPOLOGY.subnet("aks")
    with pytest.raises(KeyError, match="no prefix 'prompts/x'"):
        TOPOLOGY.storage_account_of("prompts/x")
    with pytest.raises(KeyError, match="no region with role 'recovery'"):
        replace(TOPOLOGY, regions=TOPOLOGY.regions[:1]).region(RegionRole.RECOVERY)


def test_a_subnet_lies_at_the_same_place_in_every_region() -> None:
    primary, recovery = TOPOLOGY.region(RegionRole.PRIMARY), TOPOLOGY.region(RegionRole.RECOVERY)
    assert TOPOLOGY.subnet_cidr("aks-user", region=primary) == "10.0.2.0/23"
    assert TOPOLOGY.subnet_cidr("aks-user", region=recovery) == "10.1.2.0/23"


def test_what_ends_soon_is_listed_soonest_first() -> None:
    assert TOPOLOGY.retiring(date(2026, 12, 1)) == []
    told = TOPOLOGY.retiring(date(2027, 2, 20))
    assert told == ["model gpt-5.4 2026-03-05 ends on 2027-03-05", "model gpt-5.4-mini 2026-03-17 ends on 2027-03-18"]


def test_a_version_nobody_deployed_may_end_in_peace() -> None:
    assert not [line for line in TOPOLOGY.retiring(date(2027, 2, 20)) if "gpt-5-mini" in line]


def test_cluster_and_machines_end_as_models_do() -> None:
    sizes = tuple(replace(size, retires_on=date(2027, 7, 1)) for size in TOPOLOGY.machine_sizes)
    told = replace(TOPOLOGY, machine_sizes=sizes).retiring(date(2027, 7, 1))
    assert "Kubernetes 1.36 ends on 2027-06-30" in told
    assert "machine size Standard_D8ds_v5 ends on 2027-07-01" in told
