import base64
import json
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.read_content import read_entries, read_entry
from textnlp.bootstrap.backup_wiring import PlaceOptions, open_backup_sets, open_places
from textnlp.domain.backups.manifest import BackupKind
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings

KEY = base64.b64encode(bytes(range(32))).decode()


def settings_in(folder: Path, **more: object) -> Settings:
    return Settings.model_validate({"data_dir": folder / "data", "backups": str(folder / "backups"), **more})


async def contents_of_configuration(settings: Settings) -> dict[str, bytes]:
    """Back the configuration up, and return what is in the backup."""
    database = PostgresDatabase("postgresql://nobody@127.0.0.1:1/none", clock=ManualClock())
    async with open_backup_sets(settings, PlaceOptions(may_make_key=True), database=database) as (configuration, _):
        assert configuration.place.kind is BackupKind.CONFIGURATION
        manifest = await create_backup(configuration.place, await configuration.make_sources())
        return {
            f"{entry.tree}/{entry.name}": b"".join([piece async for piece in read_entry(configuration.place, entry)])
            async for entry in read_entries(configuration.place, manifest)
        }


async def test_each_kind_has_its_prefix_and_the_retention_of_the_topology(tmp_path: Path) -> None:
    async with open_places(settings_in(tmp_path), PlaceOptions(may_make_key=True)) as places:
        assert {kind.value: place.root for kind, place in places.items()} == {
            "database": "backups/database",
            "configuration": "backups/configurations",
        }
        assert all(place.policy.starts_at == "02:00" for place in places.values())


async def test_whoever_only_looks_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        async with open_places(settings_in(tmp_path)):
            pass
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_the_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_BACKUP_KEY", KEY)
    async with open_places(settings_in(tmp_path, backup_key_env="MY_BACKUP_KEY")) as places:
        ids = {place.sealer.key_id for place in places.values()}
    assert len(ids) == 1
    assert not (tmp_path / "data" / "keys").exists()


async def test_a_key_that_is_none_is_refused_and_never_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_BACKUP_KEY", KEY[:-8])
    with pytest.raises(TextNLPError) as caught:
        async with open_places(settings_in(tmp_path, backup_key_env="MY_BACKUP_KEY")):
            pass
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert KEY[:8] not in caught.value.full_text


async def test_a_secret_of_a_vault_needs_a_vault(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="no vault is set"):
        async with open_places(settings_in(tmp_path, backup_key_env="keyvault:backup-key")):
            pass


async def test_the_configuration_holds_keys_and_documents_and_neither_its_own_key_nor_a_secret(tmp_path: Path) -> None:
    models = tmp_path / "models.yaml"
    models.write_text("models: []\n")
    settings = settings_in(
        tmp_path,
        models=models,
        database_url="postgresql://me:s3cret@host/name",
        token="t0ken",  # noqa: S106  none
        redis_url="redis://p4ss",
    )
    (settings.data_dir / "identity").mkdir(parents=True)
    (settings.data_dir / "identity" / "signing-key.pem").write_text("a key")
    (settings.data_dir / "keys").mkdir()
    (settings.data_dir / "keys" / "dataset-signing.pem").write_text("another")
    held = await contents_of_configuration(settings)
    assert sorted(held) == [
        "configuration/models.yaml",
        "configuration/settings.json",
        "configuration/topology.json",
        "identity/signing-key.pem",
        "keys/dataset-signing.pem",
    ]
    assert (settings.data_dir / "keys" / "backup.key").exists()
    told = held["configuration/settings.json"]
    assert json.loads(told)["data_dir"] == str(settings.data_dir)
    assert not any(secret in told for secret in (b"s3cret", b"t0ken", b"p4ss"))
