"""What Azure Advisor recommends so that the estate costs less."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

RECOMMENDATIONS = "/subscriptions/{subscription}/providers/Microsoft.Advisor/recommendations"
API_VERSION = "2025-01-01"
COST = "Category eq 'Cost'"
"""The filter of a listing of recommendations."""

_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A recommendation of Advisor.

    Attributes:
        resource_id: what it is about; the id of the subscription for advice to reserve machines.
        name: of the resource, as the templates name it.
        component: the deployment of the estate that makes the resource, empty for what no template makes.
        says: what to do, in Advisor's words.
        monthly_saving: None where Advisor tells no amount.
        becomes: the size that would do, empty where Advisor names none.
    """

    resource_id: str
    name: str
    component: str
    impact: str
    says: str
    monthly_saving: Decimal | None
    currency: str
    becomes: str = ""

    def as_document(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "resource": self.resource_id,
            "component": self.component or None,
            "impact": self.impact,
            "says": self.says,
            "becomes": self.becomes or None,
            "monthly_saving": None if self.monthly_saving is None else float(self.monthly_saving),
            "currency": self.currency,
        }


async def advised(
    recommendations: AsyncIterable[Mapping[str, Any]], made: Mapping[str, str], groups: Mapping[str, str]
) -> list[Advice]:
    """Return what is about an environment, what saves most first.

    Args:
        recommendations: documents of Advisor.
        made: component by resource id in lower case, of the environment's templates.
        groups: by its resource groups, and those that Azure makes for its clusters, the component of what is in them
            and no template's; advice about the whole subscription is about every environment in it.
    """
    inside = {"": "", **{group.lower(): component for group, component in groups.items()}}
    found = [_advice(document, made, inside) async for document in recommendations]
    ours = [advice for advice in found if _group_of(advice.resource_id) in inside]
    return sorted(ours, key=lambda advice: (-(advice.monthly_saving or Decimal()), advice.name, advice.says))


def total_saving(advice: Iterable[Advice]) -> Decimal:
    """Return the sum of the savings that are known."""
    return sum((each.monthly_saving or Decimal() for each in advice), Decimal())


def _advice(document: Mapping[str, Any], made: Mapping[str, str], inside: Mapping[str, str]) -> Advice:
    properties = _object(document, "properties")
    more, short = _object(properties, "extendedProperties"), _object(properties, "shortDescription")
    resource_id = str(_object(properties, "resourceMetadata").get("resourceId") or _subject_of(document))
    return Advice(
        resource_id=resource_id,
        name=str(properties.get("impactedValue") or resource_id.rpartition("/")[2]),
        component=made.get(resource_id.lower()) or inside.get(_group_of(resource_id), ""),
        impact=str(properties.get("impact") or ""),
        says=str(short.get("solution") or short.get("problem") or "no description"),
        monthly_saving=_monthly(more),
        currency=str(more.get("savingsCurrency") or ""),
        becomes=str(more.get("targetSku") or more.get("recommendedSkuName") or ""),
    )


def _monthly(more: Mapping[str, Any]) -> Decimal | None:
    """Return a month's saving: a twelfth of a year's where that is told, as the other is of a term of any length."""
    yearly, plain = _amount(more.get("annualSavingsAmount")), _amount(more.get("savingsAmount"))
    return plain if yearly is None else yearly / _MONTHS


def _amount(text: object) -> Decimal | None:
    try:
        return None if text in {None, ""} else Decimal(str(text))
    except InvalidOperation:
        return None


def _subject_of(document: Mapping[str, Any]) -> str:
    return str(document.get("id") or "").partition("/providers/Microsoft.Advisor/")[0]


def _group_of(resource_id: str) -> str:
    """Return the resource group in lower case, an empty text for a subscription."""
    parts = resource_id.lower().split("/")
    return parts[4] if len(parts) > 4 and parts[3] == "resourcegroups" else ""  # noqa: PLR2004  segments


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}
