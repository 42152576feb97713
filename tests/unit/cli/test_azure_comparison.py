import json

import pytest

from textnlp.cli.azure_comparison import print_comparisons
from textnlp_infra.deploy.comparison import Comparison
from textnlp_infra.deploy.subscription import Change, ChangeKind, PropertyChange

_CHANGED = Change(
    resource_id="/queues/jobs",
    kind=ChangeKind.MODIFY,
    properties=(PropertyChange(path="size", before=1, after="x" * 99),),
)
_TOLD = [
    Comparison(stack="platform", changes=(_CHANGED,), untold=("/dark",), unchanged=3, is_deployed=True),
    Comparison(stack="workload", changes=(), untold=(), unchanged=0, is_deployed=False, waits="platform"),
]


def test_people_are_told_every_property_and_long_values_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparisons(_TOLD, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "platform: Modify /queues/jobs",
        f'  size: 1 on Azure, "{"x" * 78}… in the template',
        "platform: Azure cannot tell of /dark",
        "platform: 1 to change, 3 as they are",
        "workload: Azure cannot tell before platform is deployed",
    ]


def test_programs_are_told_everything(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparisons(_TOLD, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told[0]["changes"][0]["properties"][0]["after"] == "x" * 99
    assert told[1]["waits"] == "platform"
