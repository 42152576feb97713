"""What the triggers of functions bring, as the host of Azure Functions words it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TriggerData:
    """One value of the protocol between host and worker, with the metadata of its trigger.

    Attributes:
        kind: which field of `TypedData` it is: string, json or bytes.
        metadata: by name, each a value of its own.
    """

    kind: str
    value: str | bytes
    metadata: Mapping[str, "TriggerData"] = field(default_factory=dict[str, "TriggerData"])


def timer_due() -> TriggerData:
    """A timer that goes off in time."""
    due = {"IsPastDue": False, "Schedule": {"AdjustForDST": True}, "ScheduleStatus": {}}
    return TriggerData("json", json.dumps(due))


def blob_written(path: str, data: bytes) -> TriggerData:
    """A blob that was written at `path`, container first."""
    return TriggerData(
        "bytes",
        data,
        {
            "BlobTrigger": TriggerData("string", path),
            "Uri": TriggerData("string", f"https://account.example/{path}"),
            "Properties": TriggerData("json", json.dumps({"ContentLength": len(data)})),
            "Metadata": TriggerData("json", "{}"),
        },
    )


def message_sent(body: bytes) -> TriggerData:
    """A message of Service Bus."""
    return TriggerData(
        "bytes",
        body,
        {"UserProperties": TriggerData("json", "{}"), "MessageId": TriggerData("string", "m-1")},
    )
