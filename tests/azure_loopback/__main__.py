"""Run the whole platform on Azure at loopback, and show what the flows do and the trace of each request."""

import argparse
import asyncio
import signal
import sys
import time
from functools import partial

import pytest
from rich.console import Console

from tests.azure_loopback.caller import make_token
from tests.azure_loopback.environment_file import write_environment
from tests.azure_loopback.processes import running_processes
from tests.azure_loopback.report import show_flow, show_traces
from tests.azure_loopback.run import run_flows
from tests.azure_loopback.services import AzureAtLoopback, running_services


async def main(*, stays: bool) -> None:
    """Start everything, run the flows or leave it to whoever calls, and end everything."""
    console = Console()
    began = time.monotonic()
    _end_when_told()
    with console.status("Starting Azure at loopback") as status:
        async with running_services() as azure:
            console.print(f"Environment file: {azure.environment_file}", soft_wrap=True, highlight=False)
            status.update("Starting the platform's processes")
            async with running_processes(azure.environment_file) as processes:
                names = ", ".join(each.name for each in processes.all)
                console.print(
                    f"Ready at {processes.api.address} after {time.monotonic() - began:.0f} s: {names}", soft_wrap=True
                )
                if stays:
                    status.stop()
                    await _stay(console, azure, processes.api.address)
                status.update("Running the flows")
                outcome = await run_flows(azure, processes, partial(show_flow, console))
    show_traces(console, outcome)
    console.rule()
    console.print(
        f"All flows done in {time.monotonic() - began:.0f} s: "
        f"{outcome.tokens_in_ledger:,} tokens in the ledger, {outcome.tokens_in_metrics:,} in metrics."
    )


def _end_when_told() -> None:
    """Let SIGTERM end everything as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def _stay(console: Console, azure: AzureAtLoopback, address: str) -> None:
    """Let others call until Ctrl-C; the tokens of services are good for an hour."""
    file = azure.environment_file.with_name("caller")
    write_environment(file, {"TEXTNLP_SERVER": address, "TEXTNLP_TOKEN": await make_token(azure.issuer)})
    console.print(f"To call it: set -a; . {file}; set +a; textnlp batch list", soft_wrap=True, highlight=False)
    console.print("Ctrl-C ends it.")
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.azure_loopback", description=__doc__)
    parser.add_argument("--stay", action="store_true", help="run no flows; stay until Ctrl-C")
    asked = parser.parse_args()
    try:
        asyncio.run(main(stays=asked.stay))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    except pytest.skip.Exception as missing:
        sys.exit(f"Azure at loopback cannot be had here: {missing.msg}")
