"""The workbook that draws the panels over the workspace."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.arm import Resource, call
from textnlp_infra.queries.workbook import TITLE, workbook
from textnlp_infra.stamp import Stamp

WORKBOOK = "Microsoft.Insights/workbooks"


def build_workbook(stamp: Stamp, workspace: Resource) -> Resource:
    """Build the workbook; its name is made from the workspace's id, so that deploying again changes nothing."""
    return Resource(
        type=WORKBOOK,
        name=call("guid", workspace.id, WORKBOOK),
        group=stamp.group,
        location=stamp.region.name,
        tags=stamp.tags,
        kind="shared",
        properties={
            "displayName": TITLE,
            "category": "workbook",
            "sourceId": workspace.id,
            "serializedData": workbook(TOPOLOGY.panels),
        },
    )
