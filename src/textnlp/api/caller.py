"""Who makes a request, and what of the platform they see."""

import dataclasses
from typing import Any

from textnlp.api.dependencies import services_of
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.topology.scopes import ADMIN, READ, WRITE

_STATE_KEY = "textnlp_principal"

ANYBODY = Principal(
    subject="anybody",
    tenant=LOCAL_TENANT,
    caller="anybody",
    grants=frozenset({READ, WRITE, ADMIN}),
)
"""Who calls a platform that asks for no credentials."""


def remember_principal(scope: Any, principal: Principal) -> None:
    """Note who makes the request."""
    state: dict[str, Any] = scope["state"]
    state[_STATE_KEY] = principal


def principal_of(scope: Any) -> Principal:
    """Return who makes a request that the doorkeeper let through."""
    state: dict[str, Any] = scope["state"]
    principal: Principal = state[_STATE_KEY]
    return principal


def ports_of(scope: Any) -> BatchPorts:
    """Return the ports of the use cases around batches, with the batches that the caller may see.

    An administrator of the platform sees every tenant's.
    """
    ports = services_of(scope).batch_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    return dataclasses.replace(ports, ledger=ports.ledger.for_tenant(principal.tenant))
