"""Makes container groups for the jobs of the declaration, with what the settings say of the services they use."""

from dataclasses import dataclass

from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.domain.compute.container_group import ContainerGroup
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.settings import ServiceAuthentication, Settings, variable_name
from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.one_off_jobs import OneOffJob
from textnlp.topology.regions import RegionRole

_SCRATCH = "/var/lib/textnlp"
_SETTINGS = {
    services.DATABASE: ("database_url", "database_authentication"),
    services.BLOBS: ("blob_url",),
    services.VAULT: ("key_vault_url",),
}
"""What a process is told of each service that it uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlace:
    """Where a job runs, and as whom; `ContainerGroup` says what each is."""

    image: str
    identity: str
    client_id: str
    subnet: str
    location: str | None = None


def find_job(name: str) -> OneOffJob:
    """Return a job of the declaration; raise `INVALID_INPUT` with those there are."""
    for job in TOPOLOGY.one_off_jobs:
        if job.name == name:
            return job
    known = ", ".join(job.name for job in TOPOLOGY.one_off_jobs)
    raise invalid_input(f"{name!r} is no job that runs once; {known} are.", field="JOB")


def job_group(settings: Settings, job: OneOffJob, place: JobPlace) -> ContainerGroup:
    """Return the container group of a job, in the primary region where no other is named.

    Raises `INVALID_INPUT` where the settings do not name a service that the job uses, for a database that is not
    signed in to with tokens of Entra ID, and what `ContainerGroup` refuses.
    """
    return ContainerGroup(
        name=f"textnlp-{job.name}",
        location=place.location or TOPOLOGY.region(RegionRole.PRIMARY).name,
        image=place.image,
        command=job.command,
        identity=place.identity,
        client_id=place.client_id,
        subnet=place.subnet,
        scratch_path=_SCRATCH,
        environment=_environment(settings, job),
        cpu_count=job.cpu_count,
        memory_gib=job.memory_gib,
    )


def _environment(settings: Settings, job: OneOffJob) -> dict[str, str]:
    used = TOPOLOGY.process(job.process).uses
    fields = [field for service, fields in _SETTINGS.items() if service in used for field in fields]
    values = {field: getattr(settings, field) for field in fields}
    missing = [variable_name(field) for field, value in values.items() if not value]
    if missing:
        raise TextNLPError(
            f"{' and '.join(missing)} must be set for the job {job.name}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="docs/how-to/run-one-off-jobs.md says to what.", field="JOB"),
        )
    if services.DATABASE in used:
        _require_keyless(settings)
    return {
        variable_name("data_dir"): _SCRATCH,
        **{variable_name(field): str(value) for field, value in values.items()},
    }


def _require_keyless(settings: Settings) -> None:
    """Refuse a password: a container group shows its variables to whoever may look at it."""
    if settings.database_authentication is not ServiceAuthentication.ENTRA:
        name = variable_name("database_authentication")
        raise invalid_input(f"A job on Azure signs in to the database with tokens: set {name}=entra.", field="JOB")
    DatabaseAddress(settings.database_url or "", tokens=access_tokens())
