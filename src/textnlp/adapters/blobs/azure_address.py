"""Where a storage account is."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input

_FORMS = "azure://ACCOUNT or https://ACCOUNT.blob.core.windows.net"
_SERVICE = ".blob.core."
_OF_AZURITE = "azure+https"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ACCOUNT_CHARACTERS = range(3, 25)


@dataclass(frozen=True, slots=True)
class StorageAddress:
    """A storage account, and the endpoint of its blobs, without a `/` at its end."""

    account: str
    endpoint: str


def read_storage_address(address: str) -> StorageAddress:
    """Read the address of a storage account; raise `INVALID_INPUT`, without the address, for anything else.

    An endpoint with the account in its path, which is how Azurite has it, is taken on this machine only:
    `azure+https://localhost:10000/devstoreaccount1`. None is http, over which no token may go.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as exc:
        raise _unreadable() from exc
    if parts.username is not None or parts.query or parts.fragment:
        raise TextNLPError(
            "The address of the blobs holds a user, a key or a signature.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(
                hint=f"Give this process's identity a role instead, and write only {_FORMS}.", field="blob_url"
            ),
        )
    if parts.scheme == _OF_AZURITE:
        return _on_this_machine(parts)
    if port is not None or parts.path.strip("/"):
        raise _unreadable()
    return _on_azure(parts)


def _on_azure(parts: SplitResult) -> StorageAddress:
    host = parts.hostname or ""
    if parts.scheme == "azure":
        host = f"{host}{_SERVICE}windows.net"
    elif parts.scheme != "https":
        raise _unreadable()
    account, service, cloud = host.partition(_SERVICE)
    if not service or not cloud or not _is_account(account):
        raise _unreadable()
    return StorageAddress(account, f"https://{host}")


def _on_this_machine(parts: SplitResult) -> StorageAddress:
    account = parts.path.strip("/")
    if parts.hostname not in _LOOPBACK or not _is_account(account):
        raise _unreadable()
    return StorageAddress(account, f"https://{parts.netloc}/{account}")


def _is_account(name: str) -> bool:
    return len(name) in _ACCOUNT_CHARACTERS and name.isascii() and name.isalnum() and name == name.lower()


def _unreadable() -> TextNLPError:
    return invalid_input(f"The address of the blobs is not {_FORMS}.", field="blob_url")
