import base64
import shutil
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.factories.datasets import KEY, rows_of, written
from textnlp.adapters.dataset_files.signature import public_key_text, sign, signature_findings
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE
from textnlp.domain.datasets.manifest import DatasetFile, decode_manifest, encode_manifest
from textnlp.domain.datasets.model import DatasetCounts
from textnlp.domain.recipes.output import Export, Output

_OUTPUT = Output(
    splits={"train": 0.7, "test": 0.3},
    exports=[Export(format="alpaca"), Export(format="huggingface"), Export(format="csv")],
)


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await written(tmp_path / "v1", rows_of(35), output=_OUTPUT)
    return tmp_path / "v1"


def every_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def named(folder: Path) -> set[str]:
    return {finding.path for finding in verify_version(folder)}


def sign_anew(folder: Path, manifest: bytes, key: Ed25519PrivateKey = KEY) -> None:
    (folder / MANIFEST).write_bytes(manifest)
    (folder / SIGNATURE).write_bytes(sign(manifest, key=key))


async def test_what_was_written_is_intact(folder: Path) -> None:
    assert verify_version(folder) == []
    assert verify_version(folder, public_key=public_key_text(KEY)) == []
    assert len(every_file(folder)) > 15


async def test_any_changed_byte_is_found_and_its_file_named(folder: Path) -> None:
    for path in every_file(folder):
        content = path.read_bytes()
        for place in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            damaged = bytearray(content)
            damaged[place] ^= 1
            path.write_bytes(damaged)
            assert path.relative_to(folder).as_posix() in named(folder), (path, place)
        path.write_bytes(content)
    assert verify_version(folder) == []


async def test_no_byte_of_the_manifest_and_no_bit_of_the_signature_can_change(folder: Path) -> None:
    manifest, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    key = public_key_text(KEY)
    assert signature_findings(manifest, signature, public_key=key) == []
    for place in range(len(manifest)):
        damaged = bytearray(manifest)
        damaged[place] ^= 1
        assert signature_findings(bytes(damaged), signature, public_key=key)
    for place in range(8 * len(signature)):
        damaged = bytearray(signature)
        damaged[place // 8] ^= 1 << place % 8
        found = signature_findings(manifest, bytes(damaged), public_key=key)
        assert SIGNATURE in {finding.path for finding in found}


async def test_a_file_that_is_cut_longer_or_gone_is_named(folder: Path) -> None:
    for path in every_file(folder):
        content = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        path.write_bytes(content[:-1])
        assert name in named(folder)
        path.write_bytes(content + b"\n")
        assert name in named(folder)
        path.unlink()
        assert name in named(folder)
        path.write_bytes(content)


async def test_a_file_that_is_not_listed_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "data/extra.jsonl").write_text("{}\n")
    (folder / "linked").symlink_to(tmp_path, target_is_directory=True)
    assert named(folder) == {"data/extra.jsonl", "linked"}


async def test_a_link_in_place_of_a_file_is_none(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "recipe.json", tmp_path / "recipe.json")
    (folder / "recipe.json").symlink_to(tmp_path / "recipe.json")
    assert [(each.path, each.message) for each in verify_version(folder)] == [("recipe.json", "is missing")]


async def test_somebody_elses_signature_passes_only_where_no_key_is_expected(folder: Path) -> None:
    stranger = Ed25519PrivateKey.generate()
    version = decode_manifest((folder / MANIFEST).read_bytes())
    sign_anew(folder, encode_manifest(msgspec.structs.replace(version, public_key=public_key_text(stranger))), stranger)
    assert verify_version(folder) == []
    found = {finding.path for finding in verify_version(folder, public_key=public_key_text(KEY))}
    assert found == {MANIFEST, SIGNATURE}


async def test_counts_that_the_files_do_not_bear_out_are_named(folder: Path) -> None:
    version = decode_manifest((folder / MANIFEST).read_bytes())
    counts = DatasetCounts(candidates=18, accepted=20, rejected=4, failed=5, surplus=6)
    assert version.counts != counts
    sign_anew(folder, encode_manifest(msgspec.structs.replace(version, counts=counts)))
    assert named(folder) == {"rejected.jsonl", "surplus.jsonl", "lineage.parquet"}


async def test_a_signed_path_outside_the_dataset_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"")
    version = decode_manifest((folder / MANIFEST).read_bytes())
    files = [*version.files, DatasetFile(path="../outside", bytes=0, sha256="")]
    sign_anew(folder, encode_manifest(msgspec.structs.replace(version, files=files)))
    assert [(each.path, "outside the dataset" in each.message) for each in verify_version(folder)] == [(MANIFEST, True)]


@pytest.mark.parametrize("key", ["", "no base64", base64.b64encode(b"short").decode()])
async def test_a_public_key_that_is_none_is_an_error_of_the_manifest(folder: Path, key: str) -> None:
    version = decode_manifest((folder / MANIFEST).read_bytes())
    sign_anew(folder, encode_manifest(msgspec.structs.replace(version, public_key=key)))
    assert named(folder) == {MANIFEST}


async def test_a_folder_without_a_manifest_says_so(tmp_path: Path) -> None:
    assert named(tmp_path) == {MANIFEST, SIGNATURE}
