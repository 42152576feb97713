"""Roles of Azure by name and id, and their assignment to identities: the only way into anything."""

from enum import StrEnum

from textnlp_infra.arm import Expression, Resource, call


class Role(StrEnum):
    """Built-in roles that the estate gives; the value is the id that is the same in every tenant."""

    ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
    BATCH_CONTRIBUTOR = "6aaa78f1-f7de-44ca-8722-c64a23943cae"
    BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
    BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    CERTIFICATE_USER = "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"
    COGNITIVE_USER = "a97b65f3-24c7-4388-baec-2e87135dc908"
    CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
    ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    DATABASE_BACKUP = "c088a766-074b-43ba-90d4-1fb21feae531"
    EVENT_SENDER = "d5a91429-5739-47e2-a06b-3470a27159e7"
    IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
    MESSAGE_OWNER = "090c5cfd-751d-490a-894a-3ce6f1109419"
    MESSAGE_RECEIVER = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"
    MESSAGE_SENDER = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"
    METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
    METRICS_READER = "b0d8363b-8ddd-447d-831f-62ca05bff136"
    MODEL_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
    MONITORING_CONTRIBUTOR = "749f88d5-cbae-40b8-bcfc-e573ddc772fa"
    MONITORING_READER = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"
    NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
    PRIVATE_ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
    READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
    STORAGE_BACKUP = "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1"
    STORAGE_QUEUE_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
    STORAGE_TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"


def assign_role(role: Role, scope: Resource, *, to: Resource) -> Resource:
    """Let an identity, or a resource with a system-assigned one, have a role on `scope` alone.

    Its name is made from identity, role and scope, so that deploying again changes nothing.
    """
    return _assignment(role_definition(role), role.value, scope, to)


def assign_own_role(definition: Resource, scope: Resource, *, to: Resource) -> Resource:
    """Let an identity have a role that the estate itself defines."""
    return _assignment(definition.id, definition.id, scope, to)


def _assignment(role: Expression, named_by: Expression | str, scope: Resource, to: Resource) -> Resource:
    is_identity = to.type == "Microsoft.ManagedIdentity/userAssignedIdentities"
    principal = to.property("principalId") if is_identity else to.full("identity.principalId")
    return Resource(
        type="Microsoft.Authorization/roleAssignments",
        name=call("guid", scope.id, to.id, named_by),
        group=scope.group,
        scope=scope,
        properties={
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": role,
        },
    )


def role_definition(role: Role) -> Expression:
    """Return the id of a built-in role."""
    return call("subscriptionResourceId", "Microsoft.Authorization/roleDefinitions", role.value)
