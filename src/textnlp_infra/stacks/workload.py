"""The workload: what changes with what runs. Who may do what, what is watched, kept and spent."""

from textnlp.topology.containers import PRIMARY_ACCOUNT
from textnlp_infra.arm import Stack, units_of
from textnlp_infra.components.compute_access import ComputeReached, build_compute_access
from textnlp_infra.components.container_jobs import build_container_jobs, container_jobs_config
from textnlp_infra.components.identities import EVENTS
from textnlp_infra.components.process_access import Reached, build_process_access
from textnlp_infra.components.prompt_events import build_prompt_events
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
    computes = ComputeReached(
        models=platform.compute.models,
        vaults=foundation.vaults,
        messages=platform.messages,
        registry=foundation.registry.registry,
    )
    access = build_compute_access(foundation.identities, computes)
    jobs = build_container_jobs(
        container_jobs_config(),
        foundation.private_networks(platform.stamps)[0],
        identities=foundation.identities,
        registry=foundation.registry.registry,
        addresses=platform.compute.addresses,
        after=access,
    )
    prompt_events = build_prompt_events(
        platform.events.storage_topic,
        platform.compute.function_app.site,
        platform.storage.accounts[PRIMARY_ACCOUNT],
        foundation.identities.by_name[EVENTS],
    )
    components = {
        "access": build_process_access(foundation.identities, reached),
        "compute-access": access,
        "container-jobs": jobs,
        "prompt-events": (prompt_events,),
        **build_operations(foundation, platform),
    }
    units = tuple(
        unit
        for name, resources in components.items()
        for unit in units_of(name, NAME, resources, environment=environment.name)
    )
    return Stack(name=NAME, location=environment.primary.name, units=units)
