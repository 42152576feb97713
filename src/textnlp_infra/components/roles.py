"""Roles: what an identity is allowed on a resource, by the roles that Azure has built in."""

from enum import StrEnum

from textnlp_infra.arm import Expression, Resource, call

_TYPE = "Microsoft.Authorization/roleAssignments"
_DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


class Role(StrEnum):
    """A built-in role, by the id that it has in every tenant."""

    ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
    AZURE_ML_DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
    BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
    BLOB_DATA_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    COGNITIVE_SERVICES_OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
    COGNITIVE_SERVICES_USER = "a97b65f3-24c7-4388-baec-2e87135dc908"
    CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
    EVENT_GRID_DATA_SENDER = "d5a91429-5739-47e2-a06b-3470a27159e7"
    KEY_VAULT_ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
    KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    KEY_VAULT_CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
    KEY_VAULT_SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
    MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
    MONITORING_DATA_READER = "b0d8363b-8ddd-447d-831f-62ca05bff136"
    MONITORING_METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
    MONITORING_READER = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"
    NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
    PRIVATE_DNS_ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
    QUEUE_DATA_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
    READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    SERVICE_BUS_DATA_RECEIVER = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"
    SERVICE_BUS_DATA_SENDER = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"
    TABLE_DATA_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"


def role_assignment(role: Role, scope: Resource, holder: Resource) -> Resource:
    """Give `holder` a role on `scope` and on all that lies in it; the result lies in the group of `scope`.

    `holder` is a user-assigned identity, or a resource with an identity of its own. The same three give the same
    assignment, so that to deploy twice is to deploy once.
    """
    return Resource(
        type=_TYPE,
        name=call("guid", scope.id, holder.id, role.value),
        group=scope.group,
        scope=scope,
        properties={
            "principalId": _principal(holder),
            "principalType": "ServicePrincipal",
            "roleDefinitionId": call("subscriptionResourceId", _DEFINITIONS, role.value),
        },
    )


def _principal(holder: Resource) -> Expression:
    return holder.property("principalId") if holder.type == _IDENTITY else holder.full("identity.principalId")
