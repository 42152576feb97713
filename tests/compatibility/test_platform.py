"""A backup of an earlier release is restored by this code, which then answers as that release did."""

import base64
import zipfile
from pathlib import Path

import httpx
import pytest
from tools.release_platform import BACKUP_KEY

from tests.acceptance.served_platform import serve_platform
from tests.compatibility.recorded import FOLDERS, NAMES, lost, platform_of, release_of
from textnlp.application.backups.restore_backup import find_backup, restore_backup
from textnlp.application.inspect_platform import inspect_platform
from textnlp.bootstrap.backup_wiring import open_places
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.inspection_wiring import open_inspection
from textnlp.bootstrap.restore_wiring import NewPlace, open_new_place
from textnlp.domain.backups.manifest import BackupKind
from textnlp.settings import Settings

pytestmark = pytest.mark.postgres


@pytest.fixture(params=FOLDERS, ids=NAMES)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


async def test_a_backup_of_a_release_is_restored_and_answers_as_it_did(
    folder: Path, tmp_path: Path, empty_database_url: str
) -> None:
    settings = settings_for(folder, tmp_path, empty_database_url)
    async with open_places(settings) as places:
        place = places[BackupKind.DATABASE]
        manifest = await find_backup(place, by=None)
        new = NewPlace(folder=settings.data_dir, database_url=empty_database_url, blobs=None)
        async with open_new_place(settings, new) as (target, _):
            restored = await restore_backup(place, manifest, target)
    release = release_of(folder)
    assert (manifest.version.partition("+")[0], manifest.revision) == (release.version, release.revision)
    assert restored.ledger is not None
    assert (restored.ledger.unbalanced, restored.ledger.failed) == ((), 0)
    assert restored.ledger.accepted > 0

    recorded = platform_of(folder)
    headers = {"Authorization": f"Bearer {recorded.api_key}"}
    async with (
        serve_platform(empty_database_url, settings.data_dir, settings=settings) as (_, served),
        httpx.AsyncClient(base_url=served.url, headers=headers) as http,
    ):
        for answer in recorded.answers:
            now = await http.get(answer.path)
            assert now.status_code == httpx.codes.OK, f"{answer.path}: {now.text}"
            assert lost(answer.body, now.json(), answer.path) == []
    async with open_inspection(settings) as ports:
        results = await inspect_platform(ports, sampled_blobs=None)
    assert [fault for result in results for fault in result.faults] == []


def settings_for(folder: Path, tmp_path: Path, url: str) -> Settings:
    with zipfile.ZipFile(folder / "backup.zip") as archive:
        archive.extractall(tmp_path / "backups")
    key = tmp_path / "backup.key"
    key.write_bytes(base64.b64encode(BACKUP_KEY) + b"\n")
    key.chmod(0o600)
    return Settings(
        data_dir=tmp_path / "data",
        database_url=url,
        model=SCRIPTED_MODEL,
        backups=str(tmp_path / "backups"),
        backup_key_file=key,
    )
