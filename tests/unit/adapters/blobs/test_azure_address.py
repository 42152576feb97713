import pytest

from textnlp.adapters.blobs.azure_address import StorageAddress, read_storage_address
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("azure://account1", "https://account1.blob.core.windows.net"),
        ("https://account1.blob.core.windows.net/", "https://account1.blob.core.windows.net"),
        ("https://account1.blob.core.chinacloudapi.cn", "https://account1.blob.core.chinacloudapi.cn"),
        ("azure+https://localhost:10000/account1", "https://localhost:10000/account1"),
    ],
)
def test_an_account_is_named_in_three_ways(address: str, endpoint: str) -> None:
    assert read_storage_address(address) == StorageAddress("account1", endpoint)


@pytest.mark.parametrize(
    "address",
    [
        "azure://",
        "azure://A_b",
        "http://account1.blob.core.windows.net",
        "https://s3cret.example.com",
        "https://account1.blob.core.windows.net/container",
        "azure://account1:s3cret@host",
        "azure://account1?sig=s3cret",
        "azure+https://elsewhere.example:10000/account1",
        "azure+http://localhost:10000/account1",
        "azure://account1:port",
    ],
)
def test_anything_else_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_storage_address(address)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "s3cret" not in caught.value.full_text
