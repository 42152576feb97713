"""Registered clients: programs that call with an API key, or with tokens asked for with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ClientId, new_client_id
from textnlp.domain.identity.api_key import ApiKey, generate_key, hash_key, is_key_of_hash
from textnlp.domain.identity.principal import Principal, grants_of
from textnlp.domain.identity.refusals import shown, unauthenticated
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.topology.catalog import TOPOLOGY

_MOST_CHARACTERS = 256
_MOST_LIMIT = 2**53
_ANOTHER_KEY = "Ask an administrator for another key."


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that may call the API; `id` is its client id, and its API key the client secret.

    Attributes:
        grants: in terms of `READ`, `WRITE` and `ADMIN` of `topology.scopes`.
        key_hash: what `hash_key` made of the key.
        expires_at: from when the key opens nothing; None for a key that does not expire.
        last_used_at: when the key was last seen, to the minute; None where it never was.
        call_limits: limits by name that replace `CallLimit.allowed` for this client.
    """

    id: ClientId
    name: str
    tenant: str
    grants: frozenset[str]
    key_prefix: str
    key_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    call_limits: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """What a client is registered with.

    Attributes:
        permissions: declared permissions, of either kind, named as they stand in tokens.
    """

    name: str
    permissions: tuple[str, ...]
    tenant: str = LOCAL_TENANT
    expires_at: datetime | None = None
    call_limits: tuple[tuple[str, int], ...] = ()


def make_client(request: ClientRequest, *, now: datetime) -> tuple[Client, ApiKey]:
    """Make a client and its key, which is to be shown once.

    Raises `INVALID_INPUT` for a name or a tenant that is no printable text, a permission or a limit that is not
    declared, no permission at all, or an expiry that has passed.
    """
    _check_text(request.name, "name")
    _check_text(request.tenant, "tenant")
    grants = grants_of(request.permissions)
    if not grants:
        raise invalid_input("A client needs at least one permission.", field="permissions")
    if request.expires_at is not None and request.expires_at <= now:
        raise invalid_input(f"The expiry {_moment(request.expires_at)} has passed.", field="expires_at")
    check_limits(request.call_limits)
    key = generate_key()
    client = Client(
        id=new_client_id(now),
        name=request.name,
        tenant=request.tenant,
        grants=grants,
        key_prefix=key.prefix,
        key_hash=hash_key(key),
        created_at=now,
        expires_at=request.expires_at,
        call_limits=request.call_limits,
    )
    return client, key


def check_limits(limits: Iterable[tuple[str, int]]) -> None:
    """Raise `INVALID_INPUT` for a limit that is not declared, is named twice, or lets nothing through."""
    known = [limit.name for limit in TOPOLOGY.call_limits]
    seen: set[str] = set()
    for name, allowed in limits:
        if name not in known:
            raise invalid_input(f"There is no limit {shown(name)}; there are {', '.join(known)}.", field="call_limits")
        if name in seen:
            raise invalid_input(f"The limit {name} is given twice.", field="call_limits")
        if not 0 < allowed <= _MOST_LIMIT:
            raise invalid_input(f"The limit {name} must be from 1 to {_MOST_LIMIT}.", field="call_limits")
        seen.add(name)


def open_client(client: Client | None, key: ApiKey, *, now: datetime) -> Principal:
    """Return the caller that `key` proves, where `client` was found by its prefix.

    Raises `UNAUTHENTICATED` for a key that is not the client's, and only to who has the key for one that was revoked
    or has expired.
    """
    if client is None or not is_key_of_hash(key, client.key_hash):
        raise unauthenticated(
            f"The API key {key.prefix}… is not known.",
            hint="Check that it was copied whole and belongs to this platform.",
        )
    require_client(client, now=now)
    return Principal(
        subject=client.id,
        tenant=client.tenant,
        caller=client.id,
        grants=client.grants,
        key_prefix=client.key_prefix,
        call_limits=client.call_limits,
    )


def require_client(client: Client | None, *, now: datetime) -> Client:
    """Return a client that may call; raise `UNAUTHENTICATED` for one that was revoked, has expired, or is not there."""
    if client is None:
        raise unauthenticated("The client of the token is not registered here.", hint=_ANOTHER_KEY)
    if client.revoked_at is not None:
        raise unauthenticated(
            f"The API key {client.key_prefix}… was revoked at {_moment(client.revoked_at)}.", hint=_ANOTHER_KEY
        )
    if client.expires_at is not None and client.expires_at <= now:
        raise unauthenticated(
            f"The API key {client.key_prefix}… expired at {_moment(client.expires_at)}.", hint=_ANOTHER_KEY
        )
    return client


def changed_limits(
    client: Client, changes: Mapping[str, int], *, is_reset: bool = False
) -> tuple[tuple[str, int], ...]:
    """Return a client's limits with some of them changed, the others as they were, or as declared after a reset.

    Raises what `check_limits` does.
    """
    limits = {**({} if is_reset else dict(client.call_limits)), **changes}
    check_limits(limits.items())
    return tuple(limits.items())


def _check_text(text: str, field_name: str) -> None:
    if not text.strip() or len(text) > _MOST_CHARACTERS or not text.isprintable():
        raise invalid_input(
            f"The {field_name} must be a printable text of 1 to {_MOST_CHARACTERS} characters.", field=field_name
        )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
