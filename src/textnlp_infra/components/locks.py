"""Locks on what cannot be made again: data and keys are not deleted by mistake."""

from collections.abc import Iterable

from textnlp_infra.arm import Resource

LOCK = "Microsoft.Authorization/locks"


def build_locks(kept: Iterable[Resource]) -> tuple[Resource, ...]:
    """Lock each of the resources against its deletion; who takes them down removes the locks first."""
    return tuple(
        Resource(
            type=LOCK,
            name="keep",
            group=resource.group,
            scope=resource,
            properties={"level": "CanNotDelete", "notes": "Its contents cannot be made again."},
        )
        for resource in kept
    )
