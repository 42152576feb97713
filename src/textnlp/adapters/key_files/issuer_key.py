"""The private key of the local issuer."""

from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from textnlp.adapters.key_files.private_file import not_a_key, open_private_file

_PLACE = ("identity", "signing-key.pem")
_BITS = 2048
_LOSS = "the next start makes another, and tokens signed with the old one are refused."


def open_issuer_key(data_dir: Path) -> RSAKey:
    """Return the RSA key of a data folder, made on first use; blocks for a tenth of a second then.

    Raises what `open_private_file` does, and `CONFLICT` for a file that holds no such key.
    """
    path = data_dir.joinpath(*_PLACE)
    content = open_private_file(path, make=_new_key, loss=_LOSS)
    try:
        key = RSAKey.import_key(content)
    except (JoseError, ValueError, TypeError):
        raise _damaged(path) from None
    if not key.is_private or key.raw_value.key_size < _BITS:
        raise _damaged(path)
    return key


def _new_key() -> bytes:
    return RSAKey.generate_key(_BITS).as_pem(private=True)


def _damaged(path: Path) -> Exception:
    return not_a_key(path, wanted=f"a private RSA key of at least {_BITS} bits", loss=_LOSS)
