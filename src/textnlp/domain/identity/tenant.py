"""Tenants: everything that is stored belongs to one, and nobody sees another's."""

from dataclasses import dataclass
from typing import Final

from textnlp.domain.errors import ErrorKind, TextNLPError

LOCAL_TENANT: Final = "local"
"""Whose everything is that comes from this machine: its commands, its folder of prompts, its own issuer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a thing is, and who within the tenant made it and is charged for it."""

    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT


LOCAL_OWNER = Owner()


def required_tenant(tenant: str | None) -> str:
    """Return the tenant on whose behalf something is asked; raise `INTERNAL` where it is everybody's."""
    if tenant is None:
        raise TextNLPError("This is done for a tenant, and it was not said which.", kind=ErrorKind.INTERNAL)
    return tenant
