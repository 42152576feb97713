"""Who calls, and what the caller may do."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.refusals import shown
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import PermissionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller whose credential was verified.

    Attributes:
        subject: the person, or the client where no person is behind the call.
        tenant: whose data the caller sees; `LOCAL_TENANT` where the credential names none.
        caller: what limits and usage are counted by: the client where one is known, else `subject`.
        grants: what the caller may do, in terms of `READ`, `WRITE` and `ADMIN` of `topology.scopes`.
        key_prefix: the public part of the API key, None for a token.
        call_limits: limits by name that replace `CallLimit.allowed` for this caller.
        sign_in_id: the sign-in that a token of the platform's own issuer was given for, None for any other credential.
    """

    subject: str
    tenant: str
    caller: str
    grants: frozenset[str]
    key_prefix: str | None = None
    call_limits: tuple[tuple[str, int], ...] = ()
    sign_in_id: SignInId | None = None


def require_grant(principal: Principal, grant: str) -> None:
    """Raise `FORBIDDEN`, naming the permissions that would help, when `principal` lacks `grant`."""
    if grant in principal.grants:
        return
    scopes = _values_granting(grant, PermissionKind.SCOPE)
    roles = _values_granting(grant, PermissionKind.ROLE)
    kinds = [
        *([f"the scope {' or '.join(scopes)}"] if scopes else []),
        *([f"the role {' or '.join(roles)}"] if roles else []),
    ]
    raise TextNLPError(
        f"The caller {shown(principal.caller)} is not granted {grant}.",
        kind=ErrorKind.FORBIDDEN,
        facts=ErrorFacts(
            hint=f"Call with a token that holds {', or '.join(kinds)}, or with an API key that grants it."
        ),
    )


def grants_of(permissions: Iterable[str]) -> frozenset[str]:
    """Return all that permissions, named as they stand in tokens, grant together.

    Raises `INVALID_INPUT` for a permission that is not declared.
    """
    grants: set[str] = set()
    for value in permissions:
        declared = next((each for each in TOPOLOGY.permissions if each.value == value), None)
        if declared is None:
            known = ", ".join(each.value for each in TOPOLOGY.permissions)
            raise invalid_input(f"There is no permission {shown(value)}; there are {known}.", field="permissions")
        grants.update(declared.grants)
    return frozenset(grants)


def _values_granting(grant: str, kind: PermissionKind) -> list[str]:
    return [each.value for each in TOPOLOGY.permissions if each.kind is kind and grant in each.grants]
