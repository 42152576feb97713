"""A subscription of Azure: what is asked of it, and what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp_infra.deploy.stack_template import StackTemplate

SUCCEEDED = "Succeeded"
_ENDED = frozenset({SUCCEEDED, "Failed", "Canceled"})
_GO_ON = "Mend what Azure names, and run the command again; it goes on where this one ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error in Azure's own words."""

    code: str
    message: str
    target: str | None = None
    details: tuple["Fault", ...] = ()

    def lines(self, indent: str = "") -> list[str]:
        """Return it and what is below it, a line each."""
        at = f" ({self.target})" if self.target else ""
        below = [line for detail in self.details for line in detail.lines(f"{indent}  ")]
        return [f"{indent}{self.code}{at}: {self.message}", *below]

    def codes(self) -> set[str]:
        """Return its code and those below it."""
        return {self.code}.union(*(detail.codes() for detail in self.details))


class RefusedError(TextNLPError):
    """Azure did not do what it was asked; the message holds its own error with every detail."""

    def __init__(self, what: str, fault: Fault, *, hint: str = _GO_ON) -> None:
        """Say what was refused, show `fault`, and what to do next."""
        super().__init__(
            "\n".join((f"Azure refused {what}.", *fault.lines("  "))),
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint=hint),
        )
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecord:
    """A deployment as Azure remembers it.

    Attributes:
        digest: what it was sent with, see `StackTemplate.digest`; None where another tool sent it.
        outputs: value by name, once it has succeeded.
        fault: why it failed.
    """

    state: str
    digest: str | None
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fault: Fault | None = None

    @property
    def is_over(self) -> bool:
        """Whether Azure no longer works on it."""
        return self.state in _ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a deployment does to one resource; `state` is Azure's word."""

    resource_id: str
    type: str
    name: str
    state: str


class ChangeKind(StrEnum):
    """What a deployment would do to a resource, as Azure calls it."""

    CREATE = "Create"
    DELETE = "Delete"
    DEPLOY = "Deploy"
    IGNORE = "Ignore"
    MODIFY = "Modify"
    NO_CHANGE = "NoChange"
    UNSUPPORTED = "Unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """A property that is not as the template says: `before` is what Azure has."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a deployment would do to one resource."""

    resource_id: str
    kind: ChangeKind
    properties: tuple[PropertyChange, ...] = ()


class Subscription(Protocol):
    """A subscription that stacks are deployed to.

    Every call raises `RefusedError` with Azure's own error; `UNAUTHENTICATED` or `UNAVAILABLE` where there is no
    identity or no connection.
    """

    async def deployment(self, name: str) -> DeploymentRecord | None:
        """Return a deployment to the subscription, None where there is none."""
        ...

    async def validate(self, stack: StackTemplate) -> None:
        """Ask whether a stack could be deployed; changes nothing."""
        ...

    async def begin(self, stack: StackTemplate) -> None:
        """Send a stack; returns when Azure has taken it."""
        ...

    async def operations(self, name: str) -> Sequence[Operation]:
        """Return what a deployment and those nested in it have done so far, resource by resource."""
        ...

    async def what_if(self, stack: StackTemplate) -> Sequence[Change]:
        """Return what deploying a stack would change."""
        ...

    async def forget(self, name: str) -> None:
        """Delete the record of a deployment, not what it made; nothing happens where there is none."""
        ...

    async def delete_resource(self, resource_id: str, api_version: str) -> None:
        """Delete a resource, and wait until it is gone; nothing happens where there is none."""
        ...

    async def delete_group(self, name: str) -> None:
        """Delete a resource group with all in it, and wait until it is gone; nothing happens where there is none."""
        ...
