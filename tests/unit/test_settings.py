import os
from pathlib import Path

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings, decline_usage_reports, read_secret, read_settings, variable_name


def test_every_setting_names_its_variable_in_its_description() -> None:
    for name, field in Settings.model_fields.items():
        assert (field.description or "").startswith(f"{variable_name(name)}: ")


def test_settings_come_from_the_environment() -> None:
    settings = read_settings(
        {"TEXTNLP_DATA_DIR": "/data", "DATABASE_URL": "postgresql://h/d", "TEXTNLP_CONCURRENCY": "9"}
    )
    assert settings.postgres_dir == Path("/data/postgres")
    assert settings.blobs_dir == Path("/data/blobs")
    assert (settings.database_url, settings.concurrency) == ("postgresql://h/d", 9)


def test_the_command_line_wins_over_the_environment_and_none_does_not() -> None:
    environment = {"TEXTNLP_MODEL": "from-environment"}
    assert read_settings(environment, model="asked").model == "asked"
    assert read_settings(environment, model=None).model == "from-environment"


def test_an_empty_variable_counts_as_unset() -> None:
    assert read_settings({"TEXTNLP_BASE_URL": ""}).base_url is None


def test_a_wrong_value_is_named_by_its_variable_and_not_shown() -> None:
    with pytest.raises(TextNLPError, match="TEXTNLP_CONCURRENCY") as caught:
        read_settings({"TEXTNLP_CONCURRENCY": "many-secrets"})
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "many-secrets" not in caught.value.full_text


def test_the_database_address_is_not_shown() -> None:
    assert "hunter2" not in repr(read_settings({"DATABASE_URL": "postgresql://u:hunter2@h/d"}))


def test_a_secret_is_read_by_the_name_of_its_variable() -> None:
    assert read_secret("KEY", {"KEY": " abc \n"}) == "abc"
    with pytest.raises(TextNLPError, match="KEY is not set"):
        read_secret("KEY", {"KEY": "  "})


@pytest.mark.parametrize(("known", "expected"), [(None, "0"), ("1", "1")])
def test_nothing_is_reported_about_use_unless_somebody_wants_it(
    known: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)
    if known is not None:
        monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", known)
    decline_usage_reports()
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == expected
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED")
