"""`textnlp azure gate`, as a pipeline runs it, against a stand-in of the query service of Log Analytics."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

import textnlp
from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.log_analytics import LogAnalytics, running_log_analytics
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.queries.canary import canary_query

_SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
_WORKSPACE = (
    f"/v1/subscriptions/{_SUBSCRIPTION}/resourceGroups/rg-textnlp-prod-eus2-foundation"
    "/providers/Microsoft.OperationalInsights/workspaces/log-textnlp-prod-eus2/query"
)
_QUICK = ("--least", "0", "--most", "0.1", "--poll", "0.01")


@pytest.fixture
async def logs(tmp_path: Path) -> AsyncGenerator[LogAnalytics]:
    async with (
        running_entra(tmp_path, write_certificates(tmp_path)) as entra,
        running_log_analytics(entra) as double,
    ):
        yield double


async def gate(logs: LogAnalytics, *words: str, revision: str = "0a1b2c3") -> tuple[int, str, str]:
    """Run the command; its HTTP library reads its certificates once, so that it needs a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "textnlp.cli.main", "azure", "gate", "--revision", revision, *words),
        env={**os.environ, **logs.environment, "AZURE_SUBSCRIPTION_ID": _SUBSCRIPTION},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, told = await process.communicate()
    return process.returncode or 0, out.decode(), told.decode()


async def test_a_version_that_does_well_gets_more(logs: LogAnalytics) -> None:
    logs.rows = [(12, 0, 0.0, "wait"), (60, 0, 0.0, "promote")]
    code, out, told = await gate(logs, *_QUICK)
    assert (code, out) == (0, "promote: it does well enough\n"), told
    assert told.splitlines()[-1] == "0 of 60 calls failed (0.00%): promote"
    query = canary_query(f"{textnlp.__version__}+0a1b2c3", gate=TOPOLOGY.canary_gate)
    assert logs.asked == [(_WORKSPACE, query)] * 2


async def test_a_version_that_fails_is_rejected_at_once_with_what_was_seen(logs: LogAnalytics) -> None:
    logs.rows = [(200, 3, 1.5, "reject")]
    code, out, told = await gate(logs)
    assert code == 1
    assert out.startswith("reject: more than")
    assert told == "3 of 200 calls failed (1.50%): reject\n"


async def test_what_log_analytics_refuses_is_told_in_its_own_words(logs: LogAnalytics) -> None:
    code, _, told = await gate(logs)
    assert code == 1
    assert "invalid properties" in told
