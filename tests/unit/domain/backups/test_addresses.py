from datetime import UTC, datetime

import pytest

from textnlp.domain.backups.addresses import backup_id_at, manifest_path, object_path
from textnlp.domain.identifiers import moment_of_backup, new_backup_id

TAKEN = datetime(2026, 11, 27, 2, 0, 0, 123_000, tzinfo=UTC)


def test_a_manifest_lies_under_the_id_of_its_backup_which_tells_when_it_was_taken() -> None:
    backup_id = new_backup_id(TAKEN)
    path = manifest_path("backups/database", backup_id)
    assert path == f"backups/database/manifests/{backup_id}.manifest"
    assert backup_id_at(path) == backup_id
    assert moment_of_backup(backup_id) == TAKEN


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../identity/signing-key.pem", "backup_", "backup_" + "u" * 26, "batch_" + "0" * 26, "a/b"],
)
def test_what_is_no_id_leads_nowhere(name: str) -> None:
    with pytest.raises(ValueError, match="no id of a backup"):
        manifest_path("backups/database", name)
    assert backup_id_at(f"backups/database/manifests/{name}.manifest") is None


@pytest.mark.parametrize("name", ["", "..", "../" * 20 + "a", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n", "/etc"])
def test_what_is_no_name_of_an_object_leads_nowhere(name: str) -> None:
    with pytest.raises(ValueError, match="no name of an object"):
        object_path("backups/database", name)


def test_objects_lie_in_folders_of_their_first_two_digits() -> None:
    assert object_path("r", "ab" + "0" * 62) == f"r/objects/ab/ab{'0' * 62}"
