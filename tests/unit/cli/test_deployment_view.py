import io

from rich.console import Console

from textnlp.cli.deployment_view import DeploymentLines
from textnlp_infra.deploy.subscription import Operation

_QUEUE = Operation(resource_id="/q", type="Microsoft.ServiceBus/namespaces/queues", name="sb/jobs", state="Running")
_DONE = Operation(resource_id="/n", type="Microsoft.ServiceBus/namespaces", name="sb", state="Succeeded")


def _written(*, is_terminal: bool) -> str:
    out = io.StringIO()
    with DeploymentLines(Console(file=out, force_terminal=is_terminal, width=40)) as view:
        view.note("platform", "sent [bold]as it is")
        view.show("platform", _DONE)
        view.show("platform", _QUEUE)
    return out.getvalue()


def test_without_a_terminal_each_state_is_a_whole_line() -> None:
    assert _written(is_terminal=False).splitlines() == [
        "platform: sent [bold]as it is",
        "platform: Succeeded Microsoft.ServiceBus/namespaces sb",
        "platform: Running   Microsoft.ServiceBus/namespaces/queues sb/jobs",
    ]


def test_on_a_terminal_counts_stand_below_the_lines() -> None:
    assert "platform: 1 done, 1 under way" in _written(is_terminal=True)
