"""Managed identities: who a resource signs in as."""

from collections.abc import Mapping

from textnlp_infra.arm import Expression, Resource, Value, call

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


def own_identity() -> Mapping[str, Value]:
    """Return the `identity` of a resource that gets one of its own, which goes with it."""
    return {"type": "SystemAssigned"}


def assigned_identity(*identities: Resource) -> Mapping[str, Value]:
    """Return the `identity` of a resource that signs in as any of `identities`."""
    pairs: list[Expression] = []
    for identity in identities:
        pairs += [identity.id, call("createObject")]
    return {"type": "UserAssigned", "userAssignedIdentities": call("createObject", *pairs)}
