"""Grants: roles on single resources, to identities, and only roles that the estate knows."""

from collections.abc import Iterator

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, texts
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.roles import Role

_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
_DEFINITION = "Microsoft.Authorization/roleDefinitions"
_KNOWN = {role.value: role.name for role in Role}
_READS_ITS_GROUP = "/providers/Microsoft.DataProtection/backupVaults/"
"""Whoever backs a server up must see the group it lies in: Azure Backup looks there before it begins."""


def known_roles(graph: Graph) -> Iterator[Finding]:
    """Yield assignments of a role that is neither on the list nor defined by the estate, Owner and Contributor say."""
    for assignment in graph.of_type(_ASSIGNMENT):
        definition = assignment.properties.get("roleDefinitionId")
        role = str(definition).rpartition("/")[2].lower()
        if role not in _KNOWN and graph.find(definition) is None:
            yield found(assignment, f"gives the role {role}", f"write one of {', '.join(sorted(_KNOWN.values()))}")


def own_roles(graph: Graph) -> Iterator[Finding]:
    """Yield roles of the estate that allow more than single actions, let roles be given, or reach beyond a group."""
    for role in graph.of_type(_DEFINITION):
        for permission in items(role.properties.get("permissions")):
            for action in (*texts(permission.get("actions")), *texts(permission.get("dataActions"))):
                if "*" in action or action.lower().startswith("microsoft.authorization/"):
                    yield found(role, f"allows {action}", "write the single actions that are needed")
        for scope in texts(role.properties.get("assignableScopes")):
            if "/resourcegroups/" not in scope.lower():
                yield found(role, f"can be given on {scope}", "write a resource group as assignableScopes")


def narrow_scopes(graph: Graph) -> Iterator[Finding]:
    """Yield assignments that reach a whole resource group or subscription, or name no kind of principal."""
    for assignment in graph.of_type(_ASSIGNMENT):
        is_wide = assignment.scope is None or "/providers/" not in assignment.scope
        if is_wide and not _reads_for_backup(assignment):
            yield found(assignment, "reaches everything in its group", "give it on one resource, as scope")
        if assignment.properties.get("principalType") != "ServicePrincipal":
            yield found(
                assignment,
                f"principalType is {assignment.properties.get('principalType')!r}",
                "write ServicePrincipal: an identity just made is not found otherwise",
            )


def _reads_for_backup(assignment: ExpandedResource) -> bool:
    role = str(assignment.properties.get("roleDefinitionId")).lower()
    return role.endswith(Role.READER) and any(_READS_ITS_GROUP in asked for asked in assignment.asked)
