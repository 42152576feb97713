"""How far a deployment to Azure is, resource by resource."""

from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from textnlp_infra.deploy.subscription import SUCCEEDED, Operation

_STYLES = {SUCCEEDED: "green", "Failed": "red", "Canceled": "red"}


class DeploymentLines:
    """Writes a line whenever a resource comes to another state; on a terminal, counts stand below them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("", console=console) if console.is_terminal else None
        self._states: defaultdict[str, dict[str, str]] = defaultdict(dict[str, str])

    def __enter__(self) -> Self:
        """Begin to show."""
        self._around().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the lines standing."""
        self._around().__exit__(kind, error, trace)

    def note(self, stack: str, text: str) -> None:
        """Write something about a stack."""
        self._console.print(Text(f"{stack}: {text}"), soft_wrap=True)

    def show(self, stack: str, operation: Operation) -> None:
        """Write the state of a resource."""
        line = Text(f"{stack}: ")
        line.append(f"{operation.state:<9}", style=_STYLES.get(operation.state, "cyan"))
        line.append(f" {operation.type} {operation.name}")
        self._console.print(line, soft_wrap=True)
        states = self._states[stack]
        states[operation.resource_id] = operation.state
        if self._status is not None:
            done = sum(state == SUCCEEDED for state in states.values())
            self._status.update(f"{stack}: {done} done, {len(states) - done} under way")

    def _around(self) -> AbstractContextManager[object]:
        return self._status or nullcontext()
