from textnlp_infra.arm import Resource, ResourceGroup
from textnlp_infra.arm.expression import written_object
from textnlp_infra.roles import Role, assign_role

_GROUP = ResourceGroup(name="rg", location="eastus2", stack="s")
_VAULT = Resource(type="Microsoft.KeyVault/vaults", name="kv", group=_GROUP)
_IDENTITY = Resource(type="Microsoft.ManagedIdentity/userAssignedIdentities", name="id", group=_GROUP)
_TOPIC = Resource(type="Microsoft.EventGrid/topics", name="evgt", group=_GROUP)


def test_a_role_is_given_on_one_resource_under_a_name_made_from_all_three() -> None:
    body = written_object(assign_role(Role.SECRETS_USER, _VAULT, to=_IDENTITY).body(), "rg")
    vault = "resourceId('Microsoft.KeyVault/vaults', 'kv')"
    identity = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id')"
    role = "4633458b-17de-408a-b874-0445c86b69e6"
    assert body["scope"] == f"[{vault}]"
    assert body["name"] == f"[guid({vault}, {identity}, '{role}')]"
    assert body["properties"] == {
        "principalId": f"[reference({identity}, '2024-11-30').principalId]",
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{role}')]",
    }


def test_a_resource_with_an_identity_of_its_own_is_asked_for_it() -> None:
    body = written_object(assign_role(Role.MESSAGE_SENDER, _VAULT, to=_TOPIC).body(), "rg")
    assert "'Full').identity.principalId" in str(body["properties"])
