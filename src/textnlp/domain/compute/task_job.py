"""Jobs of a pool of machines, as values that are checked before anybody is asked to run them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from textnlp.domain.compute.container_rules import require_image, require_no_secrets
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import JsonObject

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class TaskState(StrEnum):
    """How far a task is; FAILED only after all its attempts."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTask:
    """A command that runs in a container of an image on one machine of a pool, without a shell around it.

    Attributes:
        command: the words, of which none has blanks or quotes: Azure Batch hands them on as one line.
        environment: variables for it; none may hold a secret, for whoever sees the job sees them.
    """

    id: str
    command: tuple[str, ...]
    image: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    max_attempts: int = 3
    max_seconds: int = 3_600

    def __post_init__(self) -> None:
        """Refuse what the service would refuse, and secrets."""
        _require_id(self.id, "task.id")
        if not self.command or any(not word or re.search(r"[\s\"'\\]", word) for word in self.command):
            raise invalid_input("The words of a command have no blanks and no quotes.", field="task.command")
        require_image(self.image, field="task.image")
        require_no_secrets(self.environment, field="task")
        if self.max_attempts < 1 or self.max_seconds < 1:
            raise invalid_input("A task has one attempt and one second at least.", field="task")

    def document(self) -> JsonObject:
        """Return the task as Azure Batch takes it."""
        return {
            "id": self.id,
            "commandLine": " ".join(self.command),
            "containerSettings": {"imageName": self.image, "workingDirectory": "taskWorkingDirectory"},
            "environmentSettings": [{"name": name, "value": value} for name, value in self.environment.items()],
            "userIdentity": {"autoUser": {"scope": "task", "elevationLevel": "nonadmin"}},
            "constraints": {
                "maxTaskRetryCount": self.max_attempts - 1,
                "maxWallClockTime": f"PT{self.max_seconds}S",
                "retentionTime": "PT1H",
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolJob:
    """A job, to which tasks are added while it runs; `pool` is where they run."""

    id: str
    pool: str
    max_seconds: int = 86_400

    def __post_init__(self) -> None:
        """Refuse ids that the service would refuse."""
        _require_id(self.id, "job.id")
        _require_id(self.pool, "job.pool")

    def document(self) -> JsonObject:
        """Return the job as Azure Batch takes it."""
        return {
            "id": self.id,
            "poolInfo": {"poolId": self.pool},
            "onAllTasksComplete": "noaction",
            "onTaskFailure": "noaction",
            "constraints": {"maxWallClockTime": f"PT{self.max_seconds}S", "maxTaskRetryCount": 0},
        }


def _require_id(text: str, where: str) -> None:
    if not _ID.fullmatch(text):
        raise invalid_input(f"{text!r} is no id: letters, digits, '_' and '-', up to 64.", field=where)
