"""The workload: what changes with what runs. Who may do what, what is watched, kept and spent."""

from textnlp_infra.arm import Stack, units_of
from textnlp_infra.components.process_access import Reached, build_process_access
from textnlp_infra.environments import Environment
from textnlp_infra.stacks.foundation import Foundation
from textnlp_infra.stacks.operations import build_operations
from textnlp_infra.stacks.platform import PlatformStack

NAME = "workload"


def build_workload(environment: Environment, foundation: Foundation, platform: PlatformStack) -> Stack:
    """Build the stack; its units lie in the groups of what they are about."""
    vault = foundation.vaults[environment.primary.name]
    reached = Reached(
        messages=platform.messages,
        storage=platform.storage,
        topic=platform.events.topic,
        vault=vault.vault,
        keys=vault.keys,
        insights=tuple(foundation.insights.components.values()),
    )
    components = {
        "access": build_process_access(foundation.identities, reached),
        **build_operations(foundation, platform),
    }
    units = tuple(unit for name, resources in components.items() for unit in units_of(name, NAME, resources))
    return Stack(name=NAME, location=environment.primary.name, units=units)
