"""Azure's own policies over the groups of the estate: what nobody may make there, whoever they are."""

from dataclasses import dataclass

from textnlp_infra.arm import Resource, call
from textnlp_infra.stamp import Stamp

ASSIGNMENT = "Microsoft.Authorization/policyAssignments"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltInPolicy:
    """A policy, or a set of them, that every tenant has.

    Attributes:
        id: the same in every tenant.
        effect: what becomes of what violates it; None where the set knows itself.
        stacks: the stacks in whose groups it holds.
    """

    name: str
    says: str
    id: str
    stacks: tuple[str, ...]
    effect: str | None = "Deny"
    is_set: bool = False


BUILT_IN_POLICIES = (
    BuiltInPolicy(
        name="storage-is-private",
        says="Storage accounts are not reached from the Internet",
        id="b2982f36-99f2-4db5-8eff-283140c09693",
        stacks=("platform",),
    ),
    BuiltInPolicy(
        name="storage-has-no-keys",
        says="Storage accounts let nobody in by a key",
        id="8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54",
        stacks=("platform",),
    ),
    BuiltInPolicy(
        name="models-have-no-keys",
        says="Models are called with an identity, never with a key",
        id="71ef260a-8f18-47b7-abcb-62d0673d94dc",
        stacks=("platform",),
    ),
    BuiltInPolicy(
        name="vaults-keep",
        says="What is deleted from a key vault can be brought back",
        id="0b60c0b2-2dc2-4e1c-b5c9-abbed971de53",
        stacks=("foundation",),
    ),
    BuiltInPolicy(
        name="pods-are-restricted",
        says="Pods of the cluster keep to the restricted standard",
        id="42b8ef37-b724-4e24-bbc8-7a7708edfe00",
        stacks=("platform",),
        effect="Audit",
        is_set=True,
    ),
)


def build_policy_assignments(stamp: Stamp) -> tuple[Resource, ...]:
    """Assign the policies that hold in a stamp's group."""
    return tuple(_assignment(policy, stamp) for policy in BUILT_IN_POLICIES if stamp.group.stack in policy.stacks)


def _assignment(policy: BuiltInPolicy, stamp: Stamp) -> Resource:
    kind = "policySetDefinitions" if policy.is_set else "policyDefinitions"
    return Resource(
        type=ASSIGNMENT,
        name=policy.name,
        group=stamp.group,
        properties={
            "displayName": policy.says,
            "policyDefinitionId": call("tenantResourceId", f"Microsoft.Authorization/{kind}", policy.id),
            "enforcementMode": "Default",
            "parameters": {"effect": {"value": policy.effect}} if policy.effect else None,
        },
    )
