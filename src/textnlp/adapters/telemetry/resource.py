"""Which process telemetry is from."""

import os
import socket

from opentelemetry.sdk.resources import Resource

_NAMESPACE = "textnlp"


def process_resource(process: str, *, version: str) -> Resource:
    """Describe a process as OpenTelemetry's conventions do; replicas of one are told apart by host and number."""
    return Resource(
        {
            "service.namespace": _NAMESPACE,
            "service.name": process,
            "service.version": version,
            "service.instance.id": instance_name(),
            "telemetry.sdk.name": "opentelemetry",
            "telemetry.sdk.language": "python",
        }
    )


def instance_name() -> str:
    """Return what tells this process from its replicas."""
    return f"{socket.gethostname()}-{os.getpid()}"
