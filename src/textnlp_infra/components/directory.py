"""The platform in Entra ID, as documents of Microsoft Graph: its application, who it is, and who may act for it.

Resource Manager does not keep these; deploying sends each document to Graph, in this order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN, Permission, PermissionKind
from textnlp.topology.workloads import API
from textnlp_infra.environments import Environment

_AUTHORITY = "https://login.microsoftonline.com"
_TOKEN_EXCHANGE = "api://AzureADTokenExchange"  # noqa: S105  an audience that every tenant has

Document = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What is known once the estate and the application are there.

    Attributes:
        client_id: of the application.
        service_principal_id: object id of the application in its tenant.
        principal_ids: object ids of the processes' identities, by process.
    """

    tenant_id: str
    client_id: str
    service_principal_id: str
    principal_ids: Mapping[str, str]


def application_identifier(environment: Environment) -> str:
    """Return the identifier of the application, which is its own in a tenant: only production has the declared one."""
    declared = TOPOLOGY.application.audience
    return declared if environment.is_production else f"{declared}-{environment.name}"


def application_document(environment: Environment) -> Document:
    """Return the application: what callers may be granted, and that nobody gives it a password.

    Tokens of version 2 name the client id, whatever the identifier is.
    """
    declared = TOPOLOGY.application
    suffix = "" if environment.is_production else f"-{environment.name}"
    return {
        "uniqueName": f"textnlp-{environment.name}",
        "displayName": f"{declared.display_name}{suffix}",
        "signInAudience": declared.sign_in_audience,
        "identifierUris": [application_identifier(environment)],
        "api": {
            "requestedAccessTokenVersion": declared.access_token_version,
            "oauth2PermissionScopes": [
                _scope(permission) for permission in TOPOLOGY.permissions if permission.kind is PermissionKind.SCOPE
            ],
        },
        "appRoles": [
            _role(permission) for permission in TOPOLOGY.permissions if permission.kind is PermissionKind.ROLE
        ],
        "requiredResourceAccess": [
            {
                "resourceAppId": declared.graph_application_id,
                "resourceAccess": [{"id": scope_id, "type": "Scope"} for _, scope_id in declared.graph_scope_ids],
            }
        ],
        "servicePrincipalLockConfiguration": {"isEnabled": True, "allProperties": True},
    }


def service_principal_document(registered: Registered) -> Document:
    """Return the application's presence in the tenant: a token is for whoever is assigned to it, and nobody else."""
    return {"appId": registered.client_id, "accountEnabled": True, "appRoleAssignmentRequired": True}


def credential_documents(registered: Registered) -> tuple[Document, ...]:
    """Return what lets the API sign people in as the application: its managed identity, in the place of a secret."""
    return (
        {
            "name": API,
            "description": "The API's managed identity acts for the application.",
            "issuer": f"{_AUTHORITY}/{registered.tenant_id}/v2.0",
            "subject": registered.principal_ids[API],
            "audiences": [_TOKEN_EXCHANGE],
        },
    )


def assignment_documents(registered: Registered) -> tuple[Document, ...]:
    """Return the roles of processes on the platform's own API; raise `KeyError` for a process without an identity."""
    return tuple(
        {
            "appRoleId": TOPOLOGY.permission(role).id,
            "principalId": registered.principal_ids[process.name],
            "resourceId": registered.service_principal_id,
        }
        for process in TOPOLOGY.processes
        for role in process.roles
    )


def _scope(permission: Permission) -> Document:
    return {
        "id": permission.id,
        "value": permission.value,
        "type": "User",
        "isEnabled": True,
        "adminConsentDisplayName": permission.display_name,
        "adminConsentDescription": permission.description,
        "userConsentDisplayName": permission.display_name,
        "userConsentDescription": permission.description,
    }


def _role(permission: Permission) -> Document:
    """People administer the platform too; the other roles are what people have scopes for."""
    members = ["Application", "User"] if ADMIN in permission.grants else ["Application"]
    return {
        "id": permission.id,
        "value": permission.value,
        "displayName": permission.display_name,
        "description": permission.description,
        "allowedMemberTypes": members,
        "isEnabled": True,
    }
