from typing import Any, cast

import pytest

from textnlp_infra.components.workspace import build_workspace, diagnostics, workspace_config
from textnlp_infra.environments import environment
from textnlp_infra.stamp import stamp_of

_DEV = environment("dev")
_STAMP = stamp_of(_DEV, _DEV.primary, "foundation")
_WORKSPACE = build_workspace(workspace_config(_DEV), _STAMP).workspace


def test_the_workspace_takes_no_more_than_its_cap_and_nothing_from_outside() -> None:
    properties = cast("Any", _WORKSPACE.properties)
    assert properties["workspaceCapping"] == {"dailyQuotaGb": 5}
    assert properties["publicNetworkAccessForIngestion"] == "Disabled"
    assert properties["features"]["disableLocalAuth"] is True


def test_a_resource_sends_what_its_type_tells() -> None:
    group = _STAMP.resource("Microsoft.Network/networkSecurityGroups", part="x")
    setting = diagnostics(group, _WORKSPACE)
    assert setting.scope is group
    properties = cast("Any", setting.properties)
    assert properties["logs"] == [{"categoryGroup": "allLogs", "enabled": True}]
    assert properties["metrics"] is None


def test_a_type_that_tells_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="natGateways has no diagnostic settings"):
        diagnostics(_STAMP.resource("Microsoft.Network/natGateways"), _WORKSPACE)
