"""Takes away what the stacks of an environment made, the last stack first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from textnlp.domain.errors import invalid_input
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import Subscription
from textnlp_infra.expansion.evaluator import Scope
from textnlp_infra.expansion.expander import DEPLOYMENT, expand, samples
from textnlp_infra.expansion.resource import ExpandedResource

_GROUP = "Microsoft.Resources/resourceGroups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes with a stack, in this order.

    Attributes:
        resources: id and API version of what lies in no resource group of the stack's own.
        groups: its own resource groups; all in them goes with them.
        records: its deployments to the subscription itself, whose records go with no group.
    """

    stack: str
    deployment: str
    resources: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    records: tuple[str, ...] = ()


def removals(stacks: Sequence[StackTemplate], subscription_id: str) -> tuple[Removal, ...]:
    """Plan what goes, the last stack first; raise `INVALID_INPUT` for a name that is made of a parameter."""
    return tuple(_removal(stack, subscription_id) for stack in reversed(stacks))


async def destroy(plan: Sequence[Removal], azure: Subscription, tell: Callable[[str], None]) -> None:
    """Carry out a plan; may be run again after it was cut off, as what is gone already is passed over.

    A deployment's record goes first, so that deploying afterwards sends its stack again. Raises `RefusedError` at the
    first thing that Azure does not delete, a locked one say; the rest stays.
    """
    for removal in plan:
        for record in (removal.deployment, *removal.records):
            await azure.forget(record)
        for resource_id, api_version in removal.resources:
            await azure.delete_resource(resource_id, api_version)
            tell(f"{removal.stack}: {resource_id.rpartition('/providers/')[2]} is gone")
        for group in removal.groups:
            await azure.delete_group(group)
            tell(f"{removal.stack}: resource group {group} is gone with all in it")


def _removal(stack: StackTemplate, subscription_id: str) -> Removal:
    scope = Scope(subscription_id=subscription_id, tenant_id="")
    made = expand(stack.template, stack=stack.name, scope=scope, parameters=samples(stack.template)).resources
    groups = tuple(item.name for item in made if item.type == _GROUP)
    others = {
        item.id.lower(): item
        for item in made
        if item.type not in {_GROUP, DEPLOYMENT} and item.group not in groups and not _has_parent(item, made)
    }
    for item in others.values():
        if "parameters(" in item.id:
            raise invalid_input(f"{item.where}: its name is made of a parameter; delete it by hand, then its stack")
    return Removal(
        stack=stack.name,
        deployment=stack.deployment,
        resources=tuple((others[key].id, others[key].api_version) for key in _last_first(others)),
        groups=groups[::-1],
        records=tuple(item.name for item in made if item.type == DEPLOYMENT and item.group is None),
    )


def _has_parent(item: ExpandedResource, made: Sequence[ExpandedResource]) -> bool:
    """Whether another goes with which it goes: its parent, or what it extends."""
    return any(other is not item and item.id.lower().startswith(f"{other.id.lower()}/") for other in made)


def _last_first(resources: dict[str, ExpandedResource]) -> list[str]:
    waits = {
        key: [needed.lower() for needed in item.depends_on if needed.lower() in resources]
        for key, item in resources.items()
    }
    return list(TopologicalSorter(waits).static_order())[::-1]
