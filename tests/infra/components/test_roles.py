from typing import Any, cast

from textnlp_infra.arm.expression import written
from textnlp_infra.components.managed_identity import IDENTITY
from textnlp_infra.components.roles import Role, role_assignment
from textnlp_infra.environments import environment
from textnlp_infra.stamp import stamp_of

_DEV = environment("dev")
_FOUNDATION = stamp_of(_DEV, _DEV.primary, "foundation")
_PLATFORM = stamp_of(_DEV, _DEV.primary, "platform")
_REGISTRY = _FOUNDATION.resource("Microsoft.ContainerRegistry/registries")
_IDENTITY = _PLATFORM.resource(IDENTITY, part="kubelet")


def test_a_role_lies_where_what_it_is_on_lies_and_is_held_by_the_principal_of_an_identity() -> None:
    given = role_assignment(Role.ACR_PULL, _REGISTRY, _IDENTITY)
    assert given.group is _FOUNDATION.group
    assert given.scope is _REGISTRY
    properties = cast("Any", written(given.properties, _FOUNDATION.group.name))
    assert properties["principalId"] == (
        "[reference(resourceId('rg-textnlp-dev-eus2-platform', 'Microsoft.ManagedIdentity/userAssignedIdentities', "
        "'id-textnlp-dev-eus2-kubelet'), '2024-11-30').principalId]"
    )
    assert properties["roleDefinitionId"] == (
        "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')]"
    )


def test_the_same_role_for_the_same_is_the_same_assignment() -> None:
    first, again, other = (
        written(role_assignment(role, _REGISTRY, _IDENTITY).name, None)
        for role in (Role.ACR_PULL, Role.ACR_PULL, Role.READER)
    )
    assert first == again != other


def test_a_resource_with_an_identity_of_its_own_holds_a_role_too() -> None:
    account = _PLATFORM.resource("Microsoft.CognitiveServices/accounts")
    given = role_assignment(Role.READER, _REGISTRY, account)
    properties = cast("Any", written(given.properties, _FOUNDATION.group.name))
    assert properties["principalId"].endswith("'Full').identity.principalId]")
