import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.govern_engine import GovernedEngine
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import NO_RETRIES
from textnlp.domain.errors import ErrorKind, TextNLPError


class Builder:
    """Builds an engine that only has a name, and counts how often."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.times = 0
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True

    def __call__(self) -> GovernedEngine:
        self.times += 1
        clock = ManualClock()
        gate = AdmissionGate(limits=DeploymentLimits(), clock=clock)
        return GovernedEngine(self, gate=gate, policy=NO_RETRIES, clock=clock)  # pyright: ignore[reportArgumentType]


async def test_an_engine_is_built_when_first_asked_for_and_only_once() -> None:
    small, large = Builder("small"), Builder("large")
    directory = EngineDirectory({"small": small, "large": large})
    assert directory.find("small") is directory.find("small")
    assert (small.times, large.times) == (1, 0)
    assert len(directory.engines()) == 1


async def test_an_unknown_name_is_refused_with_the_names_that_are_known() -> None:
    directory = EngineDirectory({"small": Builder("small"), "large": Builder("large")})
    with pytest.raises(TextNLPError, match="no model 'smal'") as caught:
        directory.find("smal")
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert "large, small" in caught.value.full_text


async def test_a_name_can_be_looked_up_without_building_its_engine() -> None:
    small = Builder("small")
    directory = EngineDirectory({"small": small})
    directory.require("small")
    assert small.times == 0
    with pytest.raises(TextNLPError, match="no model 'smal'"):
        directory.require("smal")


async def test_an_endpoint_answers_for_names_that_are_not_listed() -> None:
    endpoint = Builder("endpoint")
    directory = EngineDirectory({"small": Builder("small")}, fallback=endpoint)
    assert directory.find("anything").name == "endpoint"
    assert directory.find("something else") is directory.find("anything")
    assert directory.accepts_any_name


async def test_closing_closes_what_was_built() -> None:
    built, unbuilt = Builder("built"), Builder("unbuilt")
    directory = EngineDirectory({"built": built, "unbuilt": unbuilt})
    directory.find("built")
    await directory.aclose()
    assert (built.is_closed, unbuilt.is_closed) == (True, False)
