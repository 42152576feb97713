import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.api_key import generate_key
from textnlp.domain.identity.client import ClientRequest, check_limits, make_client, open_client
from textnlp.domain.identity.principal import Principal
from textnlp.topology.limits import QUOTA, RATE_LIMIT
from textnlp.topology.scopes import ADMIN, READ, READ_WRITE_ALL, WRITE

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REQUEST = ClientRequest(name="nightly", permissions=(READ_WRITE_ALL,))


def test_a_client_is_opened_by_its_key() -> None:
    request = dataclasses.replace(REQUEST, tenant="contoso", call_limits=((RATE_LIMIT, 5),))
    client, key = make_client(request, now=NOON)
    assert client.id.startswith("client_")
    assert open_client(client, key, now=NOON) == Principal(
        subject=client.id,
        tenant="contoso",
        caller=client.id,
        grants=frozenset({READ, WRITE}),
        key_prefix=key.prefix,
        call_limits=((RATE_LIMIT, 5),),
    )


def test_a_client_shows_neither_its_key_nor_the_hash() -> None:
    client, key = make_client(REQUEST, now=NOON)
    assert key.text not in repr(client)
    assert repr(client.key_hash) not in repr(client)


def test_an_administrator_may_read_and_write() -> None:
    assert make_client(ClientRequest(name="ops", permissions=(ADMIN,)), now=NOON)[0].grants == {ADMIN, READ, WRITE}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 257}, "name"),
        ({"tenant": ""}, "tenant"),
        ({"permissions": ()}, "permissions"),
        ({"permissions": ("Everything",)}, "permissions"),
        ({"expires_at": NOON}, "expires_at"),
        ({"call_limits": (("speed", 1),)}, "call_limits"),
        ({"call_limits": ((QUOTA, 0),)}, "call_limits"),
        ({"call_limits": ((QUOTA, 2**60),)}, "call_limits"),
        ({"call_limits": ((QUOTA, 1), (QUOTA, 2))}, "call_limits"),
    ],
)
def test_what_cannot_be_registered_is_refused_by_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        make_client(dataclasses.replace(REQUEST, **changes), now=NOON)  # pyright: ignore[reportArgumentType]  the table holds each field's type
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_declared_limits_may_be_replaced() -> None:
    check_limits([(RATE_LIMIT, 1), (QUOTA, 2**53)])


def test_a_key_of_nobody_or_of_another_client_opens_nothing_and_says_no_more() -> None:
    client, _ = make_client(REQUEST, now=NOON)
    revoked = dataclasses.replace(client, revoked_at=NOON)
    key = generate_key()
    for found in (None, client, revoked):
        with pytest.raises(TextNLPError, match="is not known") as caught:
            open_client(found, key, now=NOON)
        assert caught.value.kind is ErrorKind.UNAUTHENTICATED
        assert key.text not in caught.value.full_text


def test_a_revoked_key_says_since_when() -> None:
    client, key = make_client(REQUEST, now=NOON)
    with pytest.raises(TextNLPError, match="was revoked at 2026-03-01T12:00:00Z"):
        open_client(dataclasses.replace(client, revoked_at=NOON), key, now=NOON)


def test_a_key_opens_until_it_expires() -> None:
    client, key = make_client(dataclasses.replace(REQUEST, expires_at=NOON + timedelta(hours=1)), now=NOON)
    assert open_client(client, key, now=NOON + timedelta(minutes=59))
    with pytest.raises(TextNLPError, match="expired at 2026-03-01T13:00:00Z"):
        open_client(client, key, now=NOON + timedelta(hours=1))
