"""The monthly budget, and who is told when it is spent or will be."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Resource, Value
from textnlp_infra.arm.parameter import Parameter
from textnlp_infra.naming import resource_name
from textnlp_infra.stamp import Stamp

BUDGET = "Microsoft.Consumption/budgets"
FIRST_MONTH = Parameter(
    name="budgetFirstMonth",
    description="First day of the month from which the budget counts, 2026-12-01 say; Azure takes the present month.",
)


def build_budget(stamp: Stamp, action_group: Resource) -> Resource:
    """Build the budget of all that has the environment's tag, wherever in the subscription it is."""
    cost, environment = TOPOLOGY.cost, stamp.environment.name
    notices: dict[str, Value] = {
        f"{kind}_GreaterThan_{percent}_Percent": {
            "enabled": True,
            "operator": "GreaterThan",
            "threshold": percent,
            "thresholdType": kind,
            "contactEmails": cost.contact_emails,
            "contactGroups": (action_group.id,),
        }
        for kind, percent in cost.alerts
    }
    return Resource(
        type=BUDGET,
        name=resource_name(BUDGET, environment=environment),
        group=None,
        properties={
            "category": "Cost",
            "amount": cost.monthly_budget,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": FIRST_MONTH.value},
            "filter": {"tags": {"name": "environment", "operator": "In", "values": (environment,)}},
            "notifications": notices,
        },
    )
