from typing import Any

from tests.infra.estate_parts import addresses, faults, parts, properties
from textnlp.functions.app import START_BATCH
from textnlp_infra.components.identities import EVENTS
from textnlp_infra.components.prompt_events import build_prompt_events
from textnlp_infra.components.web_app import SITE

_STAMP = parts().stamp
_BUILT = build_prompt_events(
    _STAMP.resource("Microsoft.EventGrid/systemTopics"),
    _STAMP.resource(SITE, part="functions"),
    addresses().blobs,
    parts().foundation.identities.by_name[EVENTS],
)
_TOLD: dict[str, Any] = properties(_BUILT)


def test_only_files_of_prompts_that_have_arrived_start_a_batch() -> None:
    assert _TOLD["filter"] == {
        "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        "subjectBeginsWith": "/blobServices/default/containers/prompts/blobs/batch/",
    }


def test_events_go_to_the_function_that_is_published() -> None:
    url = _TOLD["destination"]["properties"]["endpointUrl"]
    webhook = "https://app-textnlp-prod-eus2-functions.azurewebsites.net/runtime/webhooks/blobs"
    assert f"'{webhook}?functionName=Host.Functions.{START_BATCH}&code='" in url
    assert url.endswith("'default'), '2025-03-01').systemKeys.blobs_extension)]")


def test_what_the_function_does_not_take_is_kept() -> None:
    kept = _TOLD["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
    assert kept["blobContainerName"] == "undelivered-events"
    assert _TOLD["retryPolicy"] == {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1_440}


def test_the_published_types_find_nothing() -> None:
    assert faults((_BUILT,)) == []
