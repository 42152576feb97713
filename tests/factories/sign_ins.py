"""People who sign in to programs."""

import base64
import hashlib
from pathlib import Path

from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.memory_sign_in_store import MemorySignInStore
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.application.sign_in_ports import SignInPorts
from textnlp.ports.clock import Clock
from textnlp.topology.scopes import READ

ISSUER = "urn:example:issuer"
REDIRECT_URI = "http://127.0.0.1:49152/callback"
VERIFIER = "v" * 43


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def asked(**changes: str) -> dict[str, str]:
    """Return the parameters of a good request of a native program, changed."""
    return {
        "response_type": "code",
        "client_id": "textnlp-native",
        "redirect_uri": REDIRECT_URI,
        "scope": f"openid offline_access {READ}",
        "state": "s-1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "nonce": "n-1",
    } | changes


def memory_sign_in_ports(folder: Path, *, clock: Clock) -> SignInPorts:
    """Return ports of which everything but the key in `folder` is gone with the test."""
    return SignInPorts(
        clients=MemoryClientRegistry(),
        store=MemorySignInStore(),
        issuer=LocalIssuer(open_issuer_key(folder), issuer=ISSUER, clock=clock),
        clock=clock,
    )
