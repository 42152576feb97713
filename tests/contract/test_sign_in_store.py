import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.sign_in_store import PostgresSignInStore
from textnlp.adapters.identity.memory_sign_in_store import MemorySignInStore
from textnlp.domain.identifiers import SignInId, new_sign_in_id
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, digest_of, generate_secret
from textnlp.domain.identity.sign_in import SignIn
from textnlp.ports.sign_in_store import SignInStore
from textnlp.topology.scopes import ADMIN, READ

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
_UNKNOWN = SignInId("signin_unknown")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> SignInStore:
    if request.param == "memory":
        return MemorySignInStore()
    return PostgresSignInStore(request.getfixturevalue("database"))


def make(*, at: datetime = NOON) -> SignIn:
    return SignIn(
        id=new_sign_in_id(at),
        oauth_client="textnlp-native",
        subject="Naïve 'person'; drop table sign_ins",
        tenant="contoso",
        caller="client_1",
        grants=frozenset({READ, ADMIN}),
        created_at=at,
        expires_at=at + HOUR,
        has_refresh=True,
    )


def code_of(sign_in: SignIn, purpose: SecretPurpose = SecretPurpose.CODE) -> OneTimeSecret:
    return OneTimeSecret(
        digest=digest_of(generate_secret()),
        purpose=purpose,
        sign_in_id=sign_in.id,
        expires_at=NOON + timedelta(minutes=1),
        redirect_uri="http://127.0.0.1:49152/callback",
        challenge="c" * 43,
        nonce="näh",
        wants_identity=True,
        rotation=7,
    )


async def test_what_was_begun_is_found_as_it_was(store: SignInStore) -> None:
    sign_in = make()
    await store.begin(sign_in, code_of(sign_in))
    assert await store.find(sign_in.id) == sign_in
    assert await store.find(_UNKNOWN) is None


async def test_a_secret_is_taken_first_once(store: SignInStore) -> None:
    sign_in = make()
    code = code_of(sign_in)
    await store.begin(sign_in, code)
    first, second, third = [await store.take(code.digest, SecretPurpose.CODE) for _ in range(3)]
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.secret, first.is_first) == (code, True)
    assert (second.secret, second.is_first) == (code, False)
    assert not third.is_first


async def test_of_many_takers_at_once_one_is_first(store: SignInStore) -> None:
    sign_in = make()
    code = code_of(sign_in)
    await store.begin(sign_in, code)
    taken = await asyncio.gather(*(store.take(code.digest, SecretPurpose.CODE) for _ in range(20)))
    assert sum(each.is_first for each in taken if each is not None) == 1


async def test_a_secret_is_good_for_its_purpose_alone(store: SignInStore) -> None:
    sign_in = make()
    code = code_of(sign_in)
    await store.begin(sign_in, code)
    for purpose in set(SecretPurpose) - {SecretPurpose.CODE}:
        assert await store.take(code.digest, purpose) is None
    assert await store.take(digest_of("another"), SecretPurpose.CODE) is None
    taken = await store.take(code.digest, SecretPurpose.CODE)
    assert taken is not None
    assert taken.is_first


async def test_further_secrets_are_kept_while_there_is_a_sign_in(store: SignInStore) -> None:
    sign_in, other = make(), make(at=NOON + HOUR)
    await store.begin(sign_in, code_of(sign_in))
    refresh, orphan = code_of(sign_in, SecretPurpose.REFRESH), code_of(other, SecretPurpose.REFRESH)
    await store.keep(refresh)
    await store.keep(orphan)
    assert await store.take(refresh.digest, SecretPurpose.REFRESH) is not None
    assert await store.take(orphan.digest, SecretPurpose.REFRESH) is None


async def test_of_two_revocations_the_first_stands_and_the_secrets_stay_known(store: SignInStore) -> None:
    sign_in = make()
    code = code_of(sign_in)
    await store.begin(sign_in, code)
    for at in (NOON, NOON + HOUR):
        await store.revoke(sign_in.id, at)
        assert await store.find(sign_in.id) == dataclasses.replace(sign_in, revoked_at=NOON)
    assert await store.take(code.digest, SecretPurpose.CODE) is not None
    await store.revoke(_UNKNOWN, NOON)


async def test_what_has_ended_is_forgotten_when_the_next_begins(store: SignInStore) -> None:
    old, young = make(), make(at=NOON + timedelta(minutes=30))
    codes = [code_of(old), code_of(young)]
    for sign_in, code in zip((old, young), codes, strict=True):
        await store.begin(sign_in, code)
    latest = make(at=NOON + HOUR + timedelta(seconds=1))
    await store.begin(latest, code_of(latest))
    assert await store.find(old.id) is None
    assert await store.take(codes[0].digest, SecretPurpose.CODE) is None
    assert await store.find(young.id) == young
    assert await store.take(codes[1].digest, SecretPurpose.CODE) is not None


@pytest.mark.parametrize("text", ["\0", "signin_\0", "\ud800"])
async def test_text_that_cannot_be_stored_finds_nothing(store: SignInStore, text: str) -> None:
    assert await store.find(SignInId(text)) is None
    await store.revoke(SignInId(text), NOON)
