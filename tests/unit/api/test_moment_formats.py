from datetime import date, datetime

import msgspec

from textnlp.api.moment_formats import mark_moments


class Part(msgspec.Struct):
    ended: datetime | None = None
    day: date | None = None


class Whole(msgspec.Struct):
    begun: datetime
    parts: list[Part]
    name: str = ""


def test_moments_are_marked_at_every_depth_and_nothing_else_is() -> None:
    _, components = msgspec.json.schema_components([Whole])
    mark_moments(components, [Whole])
    assert components["Whole"]["properties"]["begun"] == {"type": "string", "format": "date-time"}
    assert components["Whole"]["properties"]["name"]["type"] == "string"
    assert "format" not in components["Whole"]["properties"]["name"]
    options = components["Part"]["properties"]["ended"]["anyOf"]
    assert {"type": "string", "format": "date-time"} in options
    assert {"type": "string", "format": "date"} in components["Part"]["properties"]["day"]["anyOf"]
