import pytest

from textnlp.console.retirements import version_of
from textnlp.topology.models import GPT_MINI


@pytest.mark.parametrize("name", [GPT_MINI, "gpt-5.4-mini-2026-03-17"])
def test_a_deployment_and_a_dated_name_stand_for_a_declared_version(name: str) -> None:
    version = version_of(name)
    assert version is not None
    assert (version.name, version.version) == ("gpt-5.4-mini", "2026-03-17")


def test_other_names_stand_for_none() -> None:
    assert version_of("smollm2-135m") is None
    assert version_of("gpt-5.4-mini-audio") is None
