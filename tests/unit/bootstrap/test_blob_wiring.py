import contextlib
from pathlib import Path

import pytest

from textnlp.adapters.blobs.azure_account import AzureBlobStore
from textnlp.adapters.blobs.local_folder import LocalFolderBlobStore
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import read_settings


async def test_blobs_are_in_the_data_folder_or_in_the_account_that_is_named(tmp_path: Path) -> None:
    local = read_settings({"TEXTNLP_DATA_DIR": str(tmp_path)})
    azure = read_settings({"TEXTNLP_BLOB_URL": "azure://account1"})
    async with contextlib.AsyncExitStack() as stack:
        assert isinstance(await open_blobs(stack, local), LocalFolderBlobStore)
        assert isinstance(await open_blobs(stack, azure), AzureBlobStore)


async def test_an_address_with_a_key_is_refused_without_showing_it() -> None:
    settings = read_settings({"TEXTNLP_BLOB_URL": "azure://account1?sig=s3cret"})
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(TextNLPError) as caught:
            await open_blobs(stack, settings)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "s3cret" not in caught.value.full_text + repr(settings)
