"""Jobs that run once and end, apart from the processes that stay."""

from dataclasses import dataclass

from textnlp.topology.workloads import MIGRATIONS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneOffJob:
    """A command that runs to its end in a container group.

    Attributes:
        process: the process whose image, identity and services it has.
        command: what it runs, the words of one `textnlp` command.
        cpu_count, memory_gib: what its container gets.
    """

    name: str
    process: str
    command: tuple[str, ...]
    cpu_count: int = 1
    memory_gib: int = 1


ONE_OFF_JOBS = (OneOffJob(name="migrations", process=MIGRATIONS, command=("textnlp", "serve", MIGRATIONS)),)
