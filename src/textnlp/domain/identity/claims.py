"""What the claims of a token say once its signature holds, and what they must say to be believed (RFC 7519)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import PermissionKind

LIMITS_CLAIM = "textnlp_limits"
"""Private claim with the call limits of a client, by name; only the platform's own issuer is believed about it."""

SIGN_IN_CLAIM = "sid"
"""The sign-in that a token was given for (OpenID Connect Front-Channel Logout 1.0 registers the name)."""

_CLIENT_CLAIMS = ("azp", "appid", "client_id")
_LATEST_SECONDS = 253_402_300_799
_MOST_CHARACTERS = 256
_MOST_LIMIT = 2**53
_LEEWAY_SECONDS = TOPOLOGY.application.clock_leeway_seconds
_RENEW = "Ask the issuer for another token."
_SCOPES = {each.value: each.grants for each in TOPOLOGY.permissions if each.kind is PermissionKind.SCOPE}
_ROLES = {each.value: each.grants for each in TOPOLOGY.permissions if each.kind is PermissionKind.ROLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """What a token must say to be meant for this platform.

    Attributes:
        issuer: `iss`, to the letter.
        client_ids: client ids of the platform itself, which stand in `aud` of tokens of version 2; the declared
            audience is accepted beside them.
        is_own: the issuer is the platform itself, so that `LIMITS_CLAIM` and `SIGN_IN_CLAIM` count.
    """

    issuer: str
    client_ids: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def audiences(self) -> tuple[str, ...]:
        """Every accepted `aud`."""
        return (TOPOLOGY.application.audience, *self.client_ids)


def principal_of_claims(claims: Mapping[str, object], *, rules: TokenRules, now: datetime) -> Principal:
    """Return the caller that verified claims name.

    Raises `UNAUTHENTICATED`, saying which claim is wrong in what way, for another issuer or audience, a time outside
    `nbf` to `exp` (with the declared leeway), nobody named, and any claim that is not of its type. Permissions that are
    not declared, or stand in the claim of the other kind, grant nothing.
    """
    _check_issuer(claims, rules)
    _check_audience(claims, rules)
    _check_times(claims, now)
    client = next((found for name in _CLIENT_CLAIMS if (found := _text(claims, name)) is not None), None)
    subject = _text(claims, "sub") or _text(claims, "oid") or client
    if subject is None:
        raise unauthenticated("The token names nobody: it has neither 'sub' nor 'oid' nor a client id.", hint=_RENEW)
    return Principal(
        subject=subject,
        tenant=_text(claims, "tid") or LOCAL_TENANT,
        caller=client or subject,
        grants=_grants(claims),
        call_limits=_limits(claims) if rules.is_own else (),
        sign_in_id=_sign_in(claims) if rules.is_own else None,
    )


def expiry_seconds(claims: Mapping[str, object]) -> float:
    """Return `exp`, in seconds since 1970; raise `UNAUTHENTICATED` where it is missing or no time."""
    expiry = _seconds(claims, "exp")
    if expiry is None:
        raise unauthenticated("The token does not say when it expires: 'exp' is missing.", hint=_RENEW)
    return expiry


def permission_claims(grants: frozenset[str]) -> dict[str, str | list[str]]:
    """Return the claims that grant `grants` and nothing else: `roles`, and `scp` for what no role grants alone.

    What no permission grants without granting more is left out.
    """
    roles = [value for value, granted in _ROLES.items() if grants.issuperset(granted)]
    rest = grants.difference(*(_ROLES[value] for value in roles))
    scopes = [value for value, granted in _SCOPES.items() if rest.intersection(granted) and grants.issuperset(granted)]
    claims: dict[str, str | list[str]] = {}
    if roles:
        claims["roles"] = roles
    if scopes:
        claims["scp"] = " ".join(scopes)
    return claims


def person_claims(grants: frozenset[str]) -> dict[str, str | list[str]]:
    """Return the claims that grant `grants` to a program on a person's behalf: `scp`, and `roles` for the rest."""
    scopes = [value for value, granted in _SCOPES.items() if grants.issuperset(granted)]
    rest = grants.difference(*(_SCOPES[value] for value in scopes))
    roles = [value for value, granted in _ROLES.items() if rest.intersection(granted) and grants.issuperset(granted)]
    return {**({"roles": roles} if roles else {}), **({"scp": " ".join(scopes)} if scopes else {})}


def _check_issuer(claims: Mapping[str, object], rules: TokenRules) -> None:
    issuer = _text(claims, "iss")
    if issuer is None:
        raise unauthenticated("The token does not say who issued it: 'iss' is missing.")
    if issuer != rules.issuer:
        raise unauthenticated(f"The token was issued by {shown(issuer)}; it must come from {shown(rules.issuer)}.")


def _check_audience(claims: Mapping[str, object], rules: TokenRules) -> None:
    audience = claims.get("aud")
    single = _text(claims, "aud") if isinstance(audience, str) else None
    named = _strings(audience or [], "aud") if single is None else (single,)
    if any(each in rules.audiences for each in named):
        return
    meant = ", ".join(shown(each) for each in named[:3]) or "nobody"
    raise unauthenticated(
        f"The token is meant for {meant} ('aud'); it must be meant for {' or '.join(map(shown, rules.audiences))}.",
        hint="Ask the issuer for a token with this platform as its audience.",
    )


def _check_times(claims: Mapping[str, object], now: datetime) -> None:
    seconds = now.timestamp()
    expiry = expiry_seconds(claims)
    if seconds >= expiry + _LEEWAY_SECONDS:
        raise unauthenticated(f"The token expired at {_moment(expiry)}.", hint=_RENEW)
    start = _seconds(claims, "nbf")
    if start is not None and seconds < start - _LEEWAY_SECONDS:
        raise unauthenticated(
            f"The token is not valid before {_moment(start)} ('nbf').",
            hint="Check the clocks of the issuer and of this machine.",
        )


def _grants(claims: Mapping[str, object]) -> frozenset[str]:
    scopes = claims.get("scp")
    if scopes is not None and not isinstance(scopes, str):
        raise _mistyped("scp", "a text")
    grants: set[str] = set()
    for value in (scopes or "").split():
        grants.update(_SCOPES.get(value, ()))
    for value in _strings(claims.get("roles") or [], "roles"):
        grants.update(_ROLES.get(value, ()))
    return frozenset(grants)


def _limits(claims: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    found = claims.get(LIMITS_CLAIM)
    if found is None:
        return ()
    if not isinstance(found, dict):
        raise _mistyped(LIMITS_CLAIM, "an object of whole numbers")
    limits = cast("dict[object, object]", found)
    return tuple((_limit_name(name), _limit(allowed)) for name, allowed in limits.items())


def _sign_in(claims: Mapping[str, object]) -> SignInId | None:
    text = _text(claims, SIGN_IN_CLAIM)
    return None if text is None else SignInId(text)


def _limit_name(name: object) -> str:
    if not isinstance(name, str):
        raise _mistyped(LIMITS_CLAIM, "an object of whole numbers")
    return name


def _limit(allowed: object) -> int:
    if not isinstance(allowed, int) or isinstance(allowed, bool) or not 0 < allowed <= _MOST_LIMIT:
        raise _mistyped(LIMITS_CLAIM, "an object of whole numbers")
    return allowed


def _text(claims: Mapping[str, object], name: str) -> str | None:
    """Return a claim that names something; None where it is not there."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_CHARACTERS or not value.isprintable():
        raise _mistyped(name, f"a printable text of 1 to {_MOST_CHARACTERS} characters")
    return value


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _mistyped(name, "a list of texts")
    items = cast("list[object]", value)
    texts = tuple(each for each in items if isinstance(each, str))
    if len(texts) != len(items):
        raise _mistyped(name, "a list of texts")
    return texts


def _seconds(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST_SECONDS:
        raise _mistyped(name, "a time in seconds since 1970")
    return float(value)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mistyped(name: str, expected: str) -> TextNLPError:
    return unauthenticated(f"The claim '{name}' of the token is not {expected}.")
