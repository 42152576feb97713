"""The signature under a manifest: Ed25519 (RFC 8032) over the exact bytes, in base64."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE
from textnlp.domain.datasets.manifest import Finding


def public_key_text(key: Ed25519PrivateKey) -> str:
    """Return the public half as manifests name it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(manifest: bytes, *, key: Ed25519PrivateKey) -> bytes:
    """Return the content of the signature's file."""
    return base64.b64encode(key.sign(manifest)) + b"\n"


def signature_findings(manifest: bytes, signature: bytes, *, public_key: str) -> list[Finding]:
    """Return what is wrong with the signature; a damaged key is the manifest's fault.

    Base64 must be written as `sign` writes it, since decoders overlook some of its bits. Where signature and manifest
    do not belong together, either may have been changed, so that both are named.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    except (ValueError, binascii.Error):
        return [Finding(path=MANIFEST, message="holds a public key that is none")]
    try:
        raw = base64.b64decode(signature.removesuffix(b"\n"), validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if base64.b64encode(raw) + b"\n" != signature:
        return [Finding(path=SIGNATURE, message="is no signature")]
    try:
        key.verify(raw, manifest)
    except InvalidSignature:
        return [
            Finding(path=MANIFEST, message=f"is not what {SIGNATURE} signs"),
            Finding(path=SIGNATURE, message=f"does not sign {MANIFEST}"),
        ]
    return []
