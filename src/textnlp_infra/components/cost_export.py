"""The costs of every day as files, for whoever sums them up otherwise than the portal does."""

from textnlp_infra.arm import Parameter, Resource, concat
from textnlp_infra.naming import resource_name
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

EXPORT = "Microsoft.CostManagement/exports"
FIRST_DAY = Parameter(
    name="costExportFrom",
    description="First day on which costs are exported, 2026-12-01 say; today or later when it is first deployed.",
)
_LAST_DAY = "2099-12-31T00:00:00Z"


def build_cost_export(stamp: Stamp, account: Resource, container: Resource) -> tuple[Resource, ...]:
    """Build the daily export of the subscription's costs of the month, and its right to write into the container.

    It writes as an identity of its own, since no key opens the account.
    """
    environment = stamp.environment.name
    export = Resource(
        type=EXPORT,
        name=resource_name(EXPORT, environment=environment),
        group=None,
        location=stamp.region.name,
        identity={"type": "SystemAssigned"},
        properties={
            "format": "Csv",
            "compressionMode": "gzip",
            "partitionData": True,
            "dataOverwriteBehavior": "OverwritePreviousReport",
            "definition": {
                "type": "ActualCost",
                "timeframe": "MonthToDate",
                "dataSet": {"granularity": "Daily"},
            },
            "schedule": {
                "status": "Active",
                "recurrence": "Daily",
                "recurrencePeriod": {"from": concat(FIRST_DAY.value, "T00:00:00Z"), "to": _LAST_DAY},
            },
            "deliveryInfo": {
                "destination": {
                    "type": "AzureBlob",
                    "resourceId": account.id,
                    "container": str(container.name),
                    "rootFolderPath": environment,
                }
            },
        },
        after=(container,),
    )
    return export, assign_role(Role.BLOB_CONTRIBUTOR, container, to=export)
