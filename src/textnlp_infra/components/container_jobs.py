"""Jobs that run once as container groups, in a subnet of their own, each time a version of the platform is deployed."""

from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.one_off_jobs import OneOffJob
from textnlp_infra.arm import Parameter, Resource, Value, concat
from textnlp_infra.components.identities import Identities, user_assigned
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.service_addresses import ServiceAddresses

IMAGE_VERSION = Parameter(
    name="imageVersion", description="Version of the platform's images in the registry, 0.1.0 say; never latest."
)
_SCRATCH = "scratch"
_SCRATCH_PATH = "/var/lib/textnlp"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerJobsConfig:
    """The jobs, and where each finds a folder that it may write to."""

    jobs: tuple[OneOffJob, ...]
    scratch_path: str


def container_jobs_config() -> ContainerJobsConfig:
    """Return the jobs that the topology declares."""
    return ContainerJobsConfig(jobs=TOPOLOGY.one_off_jobs, scratch_path=_SCRATCH_PATH)


def build_container_jobs(
    config: ContainerJobsConfig,
    place: PrivateNetwork,
    *,
    identities: Identities,
    registry: Resource,
    addresses: ServiceAddresses,
    after: tuple[Resource, ...],
) -> tuple[Resource, ...]:
    """Build the groups; `after` are the roles by which they pull their image and sign in."""
    return tuple(
        place.stamp.resource(
            "Microsoft.ContainerInstance/containerGroups",
            {
                "osType": "Linux",
                "sku": "Standard",
                "restartPolicy": "Never",
                "subnetIds": [{"id": place.network.subnet_id("container-instances")}],
                "imageRegistryCredentials": _credentials(registry, identities.by_name[job.process]),
                "volumes": [{"name": _SCRATCH, "emptyDir": {}}],
                "containers": [_container(job, config, identities.by_name[job.process], registry, addresses)],
            },
            part=job.name,
            identity=user_assigned(identities.by_name[job.process]),
            after=after,
        )
        for job in config.jobs
    )


def _credentials(registry: Resource, identity: Resource) -> list[Value]:
    return [{"server": registry.property("loginServer"), "identity": identity.id}]


def _container(
    job: OneOffJob,
    config: ContainerJobsConfig,
    identity: Resource,
    registry: Resource,
    addresses: ServiceAddresses,
) -> dict[str, Value]:
    process = TOPOLOGY.process(job.process)
    variables = {"TEXTNLP_DATA_DIR": config.scratch_path, **addresses.settings(identity, process.uses)}
    named: list[Value] = [{"name": name, "value": value} for name, value in sorted(variables.items())]
    image = concat(registry.property("loginServer"), f"/textnlp-{process.images[0]}:", IMAGE_VERSION.value)
    return {
        "name": job.name,
        "properties": {
            "image": image,
            "command": job.command,
            "environmentVariables": named,
            "resources": {"requests": {"cpu": job.cpu_count, "memoryInGB": job.memory_gib}},
            "volumeMounts": [{"name": _SCRATCH, "mountPath": config.scratch_path}],
        },
    }
