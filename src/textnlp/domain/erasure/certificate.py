"""What certifies an erasure: what went where, and when the last backup that may hold it is gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from textnlp.domain.errors import invalid_input

FORMAT = 1


class KeptBackups(msgspec.Struct, frozen=True, kw_only=True):
    """Backups that were taken before the erasure, and may hold what was erased.

    Attributes:
        gone_by: when the last of them is removed, if one is taken every night; None where there is none.
        unreadable: ids of those that cannot be read, which are never removed by themselves.
    """

    count: int = 0
    gone_by: datetime | None = None
    unreadable: tuple[str, ...] = ()


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure that was completed.

    Attributes:
        began_at: nothing that came later was looked at for certain.
        ended_at: when a search found nothing more.
        salt: hexadecimal digits that the terms were hashed with.
        terms: scrypt of each term, folded and salted, sorted; never the terms themselves.
        erased: rows, lines and files by place.
        unread: files that could not be looked into, by place.
        withheld: what names the person and is kept, and why.
        public_key: raw Ed25519 key in base64 that the signature is checked with.
    """

    format: Literal[1] = FORMAT
    id: str
    generator: str
    began_at: datetime
    ended_at: datetime
    salt: str
    terms: list[str]
    erased: Mapping[str, int]
    unread: Mapping[str, int]
    withheld: list[str]
    backups: KeptBackups
    public_key: str


class SignedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate with the signature over `signed_bytes`, in base64."""

    certificate: Certificate
    signature: str


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(SignedCertificate)


def signed_bytes(certificate: Certificate) -> bytes:
    """Return what is signed: the certificate as JSON, its fields sorted and without white space."""
    return _ENCODER.encode(certificate)


def encode_certificate(signed: SignedCertificate) -> bytes:
    """Return the file of a certificate, for people too."""
    return msgspec.json.format(msgspec.json.encode(signed), indent=1) + b"\n"


def decode_certificate(data: bytes) -> SignedCertificate:
    """Read the file of a certificate; raises `INVALID_INPUT` for anything else."""
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"This is no certificate of an erasure: {exc}", field="certificate") from exc
