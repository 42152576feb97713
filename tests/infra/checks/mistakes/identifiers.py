"""Names, tags, regions, and who may do what."""

from typing import Any

from tests.infra.checks.planting import Mistake, put
from textnlp_infra.roles import Role

_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_READER = f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{Role.READER}')]"


def _read_everything(assignment: dict[str, Any]) -> None:
    put("scope", ...)(assignment)
    put("properties.roleDefinitionId", _READER)(assignment)


IDENTIFIERS = [
    Mistake(
        "a tag that is missing",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("tags.application", ...),
        "tag 'application' is missing",
        "take the tags from the stamp",
    ),
    Mistake(
        "a tag of another environment",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("tags.environment", "dev"),
        "tag 'environment' is 'dev'",
        "write 'prod'",
    ),
    Mistake(
        "a region that is not declared",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("location", "westus2"),
        "lies in 'westus2'",
        "write one of centralus, eastus2, global",
    ),
    Mistake(
        "a name that Azure refuses",
        "Microsoft.Network/publicIPAddresses",
        "cus-egress",
        put("name", "pip egress!"),
        "the name holds other characters",
        "naming.resource_name",
    ),
    Mistake(
        "a role that is too much",
        "Microsoft.Authorization/roleAssignments",
        "",
        put(
            "properties.roleDefinitionId",
            f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{_CONTRIBUTOR}')]",
        ),
        "gives the role b24988ac-6180-42a0-ab88-20f7382dd24c",
        "write one of ACR_PULL",
    ),
    Mistake(
        "a role on everything",
        "Microsoft.Authorization/roleAssignments",
        "",
        put("scope", ...),
        "reaches everything in its group",
        "give it on one resource",
    ),
    Mistake(
        "to read everything, for another than who backs up",
        "Microsoft.Authorization/roleAssignments",
        "'kv-nlp-prod-cus', 'data-encryption-key')]",
        _read_everything,
        "reaches everything in its group",
        "give it on one resource",
    ),
    Mistake(
        "a role for nobody in particular",
        "Microsoft.Authorization/roleAssignments",
        "",
        put("properties.principalType", ...),
        "principalType is None",
        "write ServicePrincipal",
    ),
]
