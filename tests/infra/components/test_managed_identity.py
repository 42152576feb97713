from textnlp_infra.arm import Resource
from textnlp_infra.arm.expression import used_by, written
from textnlp_infra.components.managed_identity import IDENTITY, assigned_identity, own_identity
from textnlp_infra.environments import environment
from textnlp_infra.stamp import stamp_of

_DEV = environment("dev")
_STAMP = stamp_of(_DEV, _DEV.primary, "platform")


def test_a_resource_signs_in_as_the_identities_it_is_given_and_comes_after_them() -> None:
    first, second = (_STAMP.resource(IDENTITY, part=part) for part in ("one", "two"))
    identity = assigned_identity(first, second)
    assert written(identity, _STAMP.group.name) == {
        "type": "UserAssigned",
        "userAssignedIdentities": (
            "[createObject(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-textnlp-dev-eus2-one'), "
            "createObject(), resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', "
            "'id-textnlp-dev-eus2-two'), createObject())]"
        ),
    }
    assert [use for use in used_by(identity) if isinstance(use, Resource)] == [first, second]


def test_an_identity_of_its_own_needs_no_other() -> None:
    assert own_identity() == {"type": "SystemAssigned"}
