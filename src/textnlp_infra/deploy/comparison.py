"""What Azure has beside what the templates say."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass

from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import SUCCEEDED, Change, ChangeKind, RefusedError, Subscription

_GROUP_IS_MISSING = "ResourceGroupNotFound"
_QUIET = frozenset({ChangeKind.NO_CHANGE, ChangeKind.IGNORE, ChangeKind.UNSUPPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A stack against Azure.

    Attributes:
        changes: what deploying would do; without what stays as it is and what is untold.
        untold: ids of resources of which Azure cannot tell what would become of them.
        unchanged: how many resources stay as they are.
        is_deployed: whether the stack was deployed with just this content, so that every change is drift.
        waits: the earlier stack without which Azure cannot tell anything of this one, None for most.
    """

    stack: str
    changes: Sequence[Change]
    untold: Sequence[str]
    unchanged: int
    is_deployed: bool
    waits: str | None = None

    def as_document(self) -> dict[str, object]:
        """Return it as JSON."""
        return asdict(self)


async def compare(stacks: Sequence[StackTemplate], azure: Subscription) -> AsyncIterator[Comparison]:
    """Compare stack by stack; raises `RefusedError` where Azure refuses a template."""
    missing: str | None = None
    for stack in stacks:
        record = await azure.deployment(stack.deployment)
        try:
            changes = await azure.what_if(stack)
        except RefusedError as refused:
            if missing is None or _GROUP_IS_MISSING not in refused.fault.codes():
                raise
            yield Comparison(stack=stack.name, changes=(), untold=(), unchanged=0, is_deployed=False, waits=missing)
            continue
        if record is None:
            missing = missing or stack.name
        told = tuple(change for change in changes if change.kind not in _QUIET)
        yield Comparison(
            stack=stack.name,
            changes=told,
            untold=tuple(change.resource_id for change in changes if change.kind is ChangeKind.UNSUPPORTED),
            unchanged=sum(change.kind is ChangeKind.NO_CHANGE for change in changes),
            is_deployed=record is not None and record.state == SUCCEEDED and record.digest == stack.digest,
        )
