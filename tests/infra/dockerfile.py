"""Reads a Dockerfile as far as tests ask."""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The instructions of a Dockerfile in order, each with its words on one line."""

    instructions: tuple[tuple[str, str], ...]

    def all(self, instruction: str) -> list[str]:
        """Return the words of every such instruction."""
        return [words for name, words in self.instructions if name == instruction]

    def last(self, instruction: str) -> str:
        """Return the words of the last one, which is the one that counts."""
        return self.all(instruction)[-1]

    def command(self, instruction: str) -> list[str]:
        """Return the program and arguments of ENTRYPOINT, CMD or HEALTHCHECK; they must be in exec form."""
        found = re.search(r"\[.*\]$", self.last(instruction))
        assert found, f"{instruction} must be in exec form, so that signals reach the process"
        return json.loads(found.group())

    @property
    def labels(self) -> dict[str, str]:
        """What the LABEL instructions say."""
        return dict(pair for words in self.all("LABEL") for pair in re.findall(r'(\S+)="([^"]*)"', words))


def read_dockerfile(path: Path) -> Dockerfile:
    """Read a Dockerfile; comments go, continued lines are joined."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return Dockerfile(tuple((name.upper(), words) for name, words in pairs))
