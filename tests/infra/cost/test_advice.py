from collections.abc import AsyncGenerator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from textnlp_infra.cost.advice import Advice, advised, total_saving

_SERVER = "/subscriptions/s/resourceGroups/rg-ours/providers/A.B/servers/One"
_MADE = {_SERVER.lower(): "database"}
_GROUPS = {"rg-ours": "", "rg-nodes": "cluster"}


async def _documents(*documents: Mapping[str, Any]) -> AsyncGenerator[Mapping[str, Any]]:
    for document in documents:
        yield document


def _about(resource_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{resource_id}/providers/Microsoft.Advisor/recommendations/1",
        "properties": {
            "impact": "High",
            "shortDescription": {"solution": "Shrink it"},
            "extendedProperties": more,
            "resourceMetadata": {"resourceId": resource_id},
        },
    }


async def _one(document: Mapping[str, Any]) -> Advice:
    (advice,) = await advised(_documents(document), _MADE, _GROUPS)
    return advice


async def test_a_resource_is_found_whatever_the_case_of_its_id() -> None:
    advice = await _one(_about(_SERVER.upper()))
    assert (advice.component, advice.name) == ("database", "ONE")


async def test_what_azure_makes_for_a_cluster_is_the_clusters() -> None:
    assert (await _one(_about("/subscriptions/s/resourceGroups/RG-NODES/providers/C/d/e"))).component == "cluster"


@pytest.mark.parametrize(
    ("more", "saving"),
    [
        ({"annualSavingsAmount": "1200", "savingsAmount": "3600"}, Decimal(100)),
        ({"savingsAmount": "12.5"}, Decimal("12.5")),
        ({"savingsAmount": ""}, None),
        ({"savingsAmount": "much"}, None),
        ({}, None),
    ],
)
async def test_the_saving_of_a_month_is_read_or_unknown(more: dict[str, Any], saving: Decimal | None) -> None:
    assert (await _one(_about(_SERVER, **more))).monthly_saving == saving


async def test_advice_about_other_groups_is_left_out_and_that_about_the_subscription_is_not() -> None:
    documents = _documents(
        _about("/subscriptions/s/resourceGroups/rg-other/providers/A.B/c/d"), _about("/subscriptions/s")
    )
    assert [advice.resource_id for advice in await advised(documents, _MADE, _GROUPS)] == ["/subscriptions/s"]


async def test_a_document_with_nothing_in_it_is_still_advice() -> None:
    advice = await _one({"id": f"{_SERVER}/providers/Microsoft.Advisor/recommendations/1"})
    assert (advice.resource_id, advice.says, advice.monthly_saving) == (_SERVER, "no description", None)
    assert advice.as_document()["monthly_saving"] is None


async def test_sums_count_what_is_known() -> None:
    documents = _documents(_about(_SERVER, savingsAmount="5"), _about(_SERVER), _about(_SERVER, savingsAmount="7"))
    found = await advised(documents, _MADE, _GROUPS)
    assert [advice.monthly_saving for advice in found] == [7, 5, None]
    assert total_saving(found) == 12
