import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.factories.container_groups import GROUP
from textnlp.bootstrap.job_wiring import JobPlace, job_group
from textnlp.cli.commands.one_off_job import render
from textnlp.domain.errors import TextNLPError
from textnlp.settings import ServiceAuthentication, Settings
from textnlp.topology.one_off_jobs import OneOffJob
from textnlp.topology.workloads import OPERATIONS

URL = "postgresql://jobs@db.example:5432/textnlp?sslmode=verify-full&sslrootcert=/etc/ssl/ca.crt"
PLACE: dict[str, str] = {name: GROUP[name] for name in ("image", "identity", "client_id", "subnet")}


@pytest.fixture
def on_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("TEXTNLP_DATABASE_AUTHENTICATION", "entra")
    monkeypatch.setenv("TEXTNLP_TOKEN", "secret-token")


def variables(document: Mapping[str, Any]) -> dict[str, str]:
    container = document["properties"]["containers"][0]["properties"]
    return {each["name"]: each["value"] for each in container["environmentVariables"]}


@pytest.mark.usefixtures("on_azure")
def test_migrations_are_printed_as_a_group_that_signs_in_to_the_database(capsys: pytest.CaptureFixture[str]) -> None:
    render("migrations", **PLACE)
    printed = capsys.readouterr().out
    document = json.loads(printed)
    assert (document["name"], document["location"]) == ("textnlp-migrations", "eastus2")
    assert document["properties"]["containers"][0]["properties"]["command"] == ["textnlp", "serve", "migrations"]
    assert variables(document) == {
        "AZURE_CLIENT_ID": PLACE["client_id"],
        "TEXTNLP_DATA_DIR": "/var/lib/textnlp",
        "DATABASE_URL": URL,
        "TEXTNLP_DATABASE_AUTHENTICATION": "entra",
    }
    assert "secret-token" not in printed
    render("migrations", **PLACE, location="centralus")
    assert json.loads(capsys.readouterr().out)["location"] == "centralus"


@pytest.mark.usefixtures("on_azure")
@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DATABASE_URL", "", "DATABASE_URL must be set for the job migrations"),
        ("DATABASE_URL", "postgresql://jobs:secret@db.example/textnlp", "has a user and no password"),
        ("TEXTNLP_DATABASE_AUTHENTICATION", "password", "set TEXTNLP_DATABASE_AUTHENTICATION=entra"),
    ],
)
def test_a_database_with_a_password_or_none_at_all_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(TextNLPError, match=told) as caught:
        render("migrations", **PLACE)
    assert "secret" not in caught.value.full_text


def test_a_job_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(TextNLPError, match="'drill' is no job that runs once; migrations are"):
        render("drill", **PLACE)


def test_a_job_is_told_of_every_service_that_its_process_uses() -> None:
    settings = Settings(
        database_url=URL,
        database_authentication=ServiceAuthentication.ENTRA,
        blob_url="azure://account",
        key_vault_url="https://v.vault.azure.net",
    )
    job = OneOffJob(name="archive", process=OPERATIONS, command=("textnlp", "doctor"), memory_gib=4)
    group = job_group(settings, job, JobPlace(**PLACE))
    told = variables(group.document())
    assert (told["TEXTNLP_BLOB_URL"], told["TEXTNLP_KEY_VAULT_URL"]) == ("azure://account", "https://v.vault.azure.net")
    assert group.memory_gib == 4
    with pytest.raises(TextNLPError, match="TEXTNLP_BLOB_URL must be set for the job archive"):
        job_group(settings.model_copy(update={"blob_url": None}), job, JobPlace(**PLACE))
