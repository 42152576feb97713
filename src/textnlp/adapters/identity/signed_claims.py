"""What a signed JSON Web Token claims, once its signature holds (RFC 7515, RFC 8725)."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from joserfc import jws
from joserfc.errors import JoseError

from textnlp.adapters.identity.signing_keys import PublicKey, SigningKeys
from textnlp.domain.identity.refusals import shown, unauthenticated

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are accepted: those of a private key, so that nobody who can verify a token can make one."""

MOST_CHARACTERS = 16_384
"""Longer text is no token."""

_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
_HINT = "Send the access token whole, as the issuer gave it."


async def signed_claims(token: str, keys: SigningKeys) -> Mapping[str, object]:
    """Return the claims of a token that one of `keys` has signed; what they say is not looked at.

    Raises `UNAUTHENTICATED` for any other text, and `UNAVAILABLE` where its key cannot be looked up.
    """
    if len(token) > MOST_CHARACTERS:
        raise unauthenticated(f"The token is longer than {MOST_CHARACTERS} characters.")
    signed = _extracted(token)
    key = await keys.find(_kid(signed))
    return _verified_claims(signed, key)


def _extracted(credential: str) -> jws.CompactSignature:
    """Take a token apart; nothing in it is believed yet."""
    try:
        signed = jws.extract_compact(credential.encode(), registry=_REGISTRY)
        header = cast("dict[str, object]", dict(signed.headers()))
    except _MALFORMED as exc:
        raise unauthenticated("The token is not a signed JSON Web Token.", hint=_HINT) from exc
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        named = shown(algorithm) if isinstance(algorithm, str) else "something that is no text"
        raise unauthenticated(
            f"The token is signed with {named} ('alg'), which is not accepted.",
            hint=f"Accepted are {', '.join(ALGORITHMS)}.",
        )
    if "crit" in header or "b64" in header:
        raise unauthenticated("The token demands extensions that are not understood ('crit').")
    return signed


def _kid(signed: jws.CompactSignature) -> str:
    kid: object = cast("dict[str, object]", signed.headers()).get("kid")
    if not isinstance(kid, str) or not kid:
        raise unauthenticated("The token does not name the key it is signed with ('kid').")
    return kid


def _verified_claims(signed: jws.CompactSignature, key: PublicKey) -> Mapping[str, object]:
    """Return the claims; raise `UNAUTHENTICATED` when the signature is not one of `key`'s."""
    try:
        is_valid = jws.validate_compact(signed, key, registry=_REGISTRY)
    except _MALFORMED as exc:
        raise unauthenticated("The signature of the token does not fit the key it names.", hint=_HINT) from exc
    if not is_valid:
        raise unauthenticated("The signature of the token is not valid.", hint=_HINT)
    try:
        return msgspec.json.decode(signed.payload or b"", type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise unauthenticated("The token holds no claims: its content is not a JSON object.") from exc
