import re
from dataclasses import replace
from typing import Any

import pytest

from tests.architecture.source_tree import ROOT
from textnlp.topology.catalog import TOPOLOGY


def test_the_model_server_loads_its_model_from_the_share_that_its_process_mounts() -> None:
    (share,) = TOPOLOGY.file_shares
    readers = [process.name for process in TOPOLOGY.processes if "generation" in process.images]
    assert sorted(share.read_by) == sorted(readers)
    told = (ROOT / "docker" / "generation" / "Dockerfile").read_text()
    found = re.search(r'"--model", "([^"]+)"', told)
    assert found
    assert found[1].startswith(share.mount_path + "/")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mount_path": "models"}, "must be an absolute folder"),
        ({"mount_path": "/models/"}, "must be an absolute folder"),
        ({"size_gib": 99}, "100 to 102400 GiB, not 99"),
    ],
)
def test_a_share_that_cannot_be_made_or_mounted_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(TOPOLOGY.file_shares[0], **changes)
