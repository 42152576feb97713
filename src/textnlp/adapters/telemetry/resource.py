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
            "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
            "telemetry.sdk.name": "opentelemetry",
            "telemetry.sdk.language": "python",
        }
    )
