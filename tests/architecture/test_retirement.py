from dataclasses import replace
from datetime import UTC, datetime

from tests.architecture.source_tree import require_none
from textnlp.topology.catalog import TOPOLOGY


def test_nothing_the_platform_stands_on_ends_within_the_notice() -> None:
    ending = TOPOLOGY.retiring(datetime.now(UTC).date())
    require_none(ending, "declare a successor in textnlp.topology.models or textnlp.topology.node_pools")


def test_what_ends_within_a_longer_notice_is_found() -> None:
    ending = replace(TOPOLOGY, retirement_notice_days=36_500).retiring(datetime.now(UTC).date())
    assert any(line.startswith("Kubernetes ") for line in ending)
    assert any(line.startswith("model gpt-5.4 ") for line in ending)
