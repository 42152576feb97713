import pytest

from textnlp.cli.main import COMMANDS
from textnlp.process_runtime import ONE_OFFS
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.one_off_jobs import OneOffJob


@pytest.mark.parametrize("job", TOPOLOGY.one_off_jobs, ids=lambda job: job.name)
def test_a_job_runs_a_command_that_ends_by_itself(job: OneOffJob) -> None:
    program, command, *arguments = job.command
    assert (program, command) == ("textnlp", "serve")
    assert command in COMMANDS
    assert arguments == [job.process]
    assert job.process in ONE_OFFS
