"""The private key that the manifests of datasets are signed with."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from textnlp.adapters.key_files.private_file import not_a_key, open_private_file

_PLACE = ("keys", "dataset-signing.pem")
_LOSS = "datasets are then signed with another key, and those who pinned the old one must learn of it."


def open_dataset_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the Ed25519 key of a data folder, made on first use.

    Raises what `open_private_file` does, and `CONFLICT` for a file that holds no such key.
    """
    path = data_dir.joinpath(*_PLACE)
    content = open_private_file(path, make=_new_key, loss=_LOSS)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _damaged(path) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _damaged(path)
    return key


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _damaged(path: Path) -> Exception:
    return not_a_key(path, wanted="a private Ed25519 key", loss=_LOSS)
