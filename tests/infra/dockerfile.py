"""Reads a Dockerfile as far as tests ask."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

_STAGE = re.compile(r"(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_FINAL = ""

Instruction = tuple[str, str]
"""Its name and its words, on one line."""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """An image as a Dockerfile makes it.

    Attributes:
        instructions: those of its own stage, and before them those of the stages that it is from.
        whole: those of the whole file.
    """

    instructions: tuple[Instruction, ...]
    whole: tuple[Instruction, ...]

    def all(self, instruction: str) -> list[str]:
        """Return the words of every such instruction of the image."""
        return [words for name, words in self.instructions if name == instruction]

    def anywhere(self, instruction: str) -> list[str]:
        """Return the words of every such instruction of the file, of the stages that only build too."""
        return [words for name, words in self.whole if name == instruction]

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


def stages_of(path: Path) -> list[str]:
    """Return the names of the stages of a file, in order; the empty one for a last stage without."""
    return list(_by_stage(_instructions(path)))


def read_dockerfile(path: Path, *, target: str = _FINAL) -> Dockerfile:
    """Read an image, the last one of the file unless `target` names its stage; comments go, lines are joined."""
    whole = _instructions(path)
    stages = _by_stage(whole)
    chain: list[Instruction] = []
    name: str | None = target
    while name in stages:
        parent, own = stages[name]
        chain[:0] = own
        name = parent
    return Dockerfile(tuple(chain), tuple(whole))


def _instructions(path: Path) -> list[Instruction]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [(name.upper(), words) for name, words in pairs]


def _by_stage(whole: list[Instruction]) -> dict[str, tuple[str, list[Instruction]]]:
    """Return what each stage is from, and its own instructions, by its name."""
    stages: dict[str, tuple[str, list[Instruction]]] = {}
    own: list[Instruction] = []
    for name, words in whole:
        if name == "FROM":
            found = _STAGE.fullmatch(words.strip())
            assert found, words
            own = []
            stages[found[2] or _FINAL] = (found[1], own)
        own.append((name, words))
    return stages
