"""The events of files of prompts, from storage to the function that starts batches.

Event Grid delivers to a webhook of the functions' host, which answers only once the functions are published, and which
knows Event Grid by a key of its own: there is no way for it to sign in there as an identity.
"""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import BLOB_CREATED, EventRoute
from textnlp.topology.workloads import FUNCTIONS
from textnlp_infra.api_versions import api_version
from textnlp_infra.arm import Resource, Value, call, concat
from textnlp_infra.components.web_app import SITE
from textnlp_infra.policies import MINIMUM_TLS, UNDELIVERED_EVENTS

_FUNCTION = "start-batch"
_SCHEMA = "EventGridSchema"
"""The host's webhook for blobs reads no other."""


def build_prompt_events(storage_topic: Resource, site: Resource, account: Resource, identity: Resource) -> Resource:
    """Return the subscription; events that nobody takes are put into `account` as `identity`."""
    (route,) = (
        route for route in TOPOLOGY.event_routes if route.destination == FUNCTIONS and BLOB_CREATED in route.event_types
    )
    key = call("listKeys", site.inner_id("host", "default"), api_version(SITE)).property("systemKeys.blobs_extension")
    address = f".azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.{_FUNCTION}&code="
    return storage_topic.child(
        "eventSubscriptions",
        route.name,
        {
            "destination": {
                "endpointType": "WebHook",
                "properties": {
                    "endpointUrl": concat(f"https://{site.name}{address}", key),
                    "minimumTlsVersionAllowed": MINIMUM_TLS,
                },
            },
            "deadLetterWithResourceIdentity": {
                "identity": {"type": "UserAssigned", "userAssignedIdentity": identity.id},
                "deadLetterDestination": {
                    "endpointType": "StorageBlob",
                    "properties": {"resourceId": account.id, "blobContainerName": UNDELIVERED_EVENTS},
                },
            },
            "eventDeliverySchema": _SCHEMA,
            "filter": _filter(route),
            "retryPolicy": {
                "maxDeliveryAttempts": route.max_attempts,
                "eventTimeToLiveInMinutes": route.time_to_live_minutes,
            },
        },
    )


def _filter(route: EventRoute) -> dict[str, Value]:
    """Return which events pass: storage names a blob by its container and its path."""
    container, _, folder = (route.subject_prefix or "").partition("/")
    return {
        "includedEventTypes": route.event_types,
        "subjectBeginsWith": f"/blobServices/default/containers/{container}/blobs/{folder}/",
    }
