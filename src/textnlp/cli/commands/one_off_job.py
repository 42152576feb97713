"""`textnlp job`: what runs once, as a container group of Azure Container Instances."""

import json
import sys
from typing import Annotated

import typer

from textnlp.bootstrap.job_wiring import JobPlace, find_job, job_group
from textnlp.settings import read_settings


def render(
    job: Annotated[str, typer.Argument(help="Which job, by its name in the topology.")],
    *,
    image: Annotated[str, typer.Option(help="The image of the API, in the version of this command.")],
    identity: Annotated[str, typer.Option(help="Resource id of the user-assigned identity that it runs as.")],
    client_id: Annotated[str, typer.Option(help="Client id of that identity.")],
    subnet: Annotated[str, typer.Option(help="Resource id of the subnet for container groups.")],
    location: Annotated[str | None, typer.Option(help="Region; the primary one where not given.")] = None,
) -> None:
    """Print the container group of a job that runs once, for `az container create --file`; nothing is started.

    The settings of this process say which database and storage account the job works on. No secret is in it.
    """
    place = JobPlace(image=image, identity=identity, client_id=client_id, subnet=subnet, location=location)
    group = job_group(read_settings(), find_job(job), place)
    sys.stdout.write(json.dumps(group.document(), indent=2) + "\n")
