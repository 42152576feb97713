from typing import Any, cast

from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation

_FOUNDATION = build_foundation(environment("prod"))
_INSIGHTS = _FOUNDATION.insights


def test_what_is_watched_is_kept_in_the_workspace_alone() -> None:
    assert set(_INSIGHTS.components) == {"api", "generation"}
    for component in _INSIGHTS.components.values():
        properties = cast("Any", component.properties)
        assert properties["IngestionMode"] == "LogAnalytics"
        assert (properties["RetentionInDays"], properties["SamplingPercentage"]) == (90, 100)
        assert _FOUNDATION.workspace in list(component.uses())


def test_telemetry_has_a_private_way_to_everything_it_is_sent_to() -> None:
    scoped = [item for item in _INSIGHTS.resources if item.type.endswith("/scopedResources")]
    linked = {_FOUNDATION.workspace, *_INSIGHTS.components.values()}
    assert linked <= {use for item in scoped for use in item.uses()}
