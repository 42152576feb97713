"""Find out what works on this machine, and what to do about what does not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from textnlp.domain.errors import TextNLPError

_LONGEST_SECONDS = 90.0

Probe = Callable[[], Awaitable[str]]
"""Returns what was found in a few words; raises `TextNLPError` with what to do."""


class FindingState(StrEnum):
    """Whether a part can be used."""

    OK = "ok"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one part.

    Attributes:
        told: what is there, or what is wrong.
        advice: what to do next; empty where nothing has to be done.
    """

    subject: str
    state: FindingState
    told: str
    advice: str = ""

    def as_document(self) -> dict[str, str]:
        """Return it in JSON's types."""
        return {"subject": self.subject, "state": self.state.value, "told": self.told, "advice": self.advice}


async def examine_machine(probes: Mapping[str, Probe]) -> list[Finding]:
    """Run every probe, one after the other so that they do not disturb each other, and return what they found."""
    return [await _examined(subject, probe) for subject, probe in probes.items()]


async def _examined(subject: str, probe: Probe) -> Finding:
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            return Finding(subject=subject, state=FindingState.OK, told=await probe())
    except TextNLPError as error:
        advice = error.facts.hint or ""
        return Finding(subject=subject, state=FindingState.PROBLEM, told=error.message, advice=advice)
    except TimeoutError:
        told = f"It did not answer within {_LONGEST_SECONDS:.0f} seconds."
        return Finding(subject=subject, state=FindingState.PROBLEM, told=told)
