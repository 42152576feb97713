import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import ISSUER, FakeIssuer, ec_key, public, rsa_key
from textnlp.adapters.identity.signing_keys import REFETCH_SECONDS, STALE_SECONDS, SigningKeys, usable_keys
from textnlp.domain.errors import ErrorKind, TextNLPError


def keys_of(issuer: FakeIssuer, clock: ManualClock) -> SigningKeys:
    return SigningKeys(issuer.fetch, issuer=ISSUER, clock=clock)


async def refusal(keys: SigningKeys, kid: str) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await keys.find(kid)
    return caught.value


async def test_keys_are_fetched_on_first_need_and_then_known() -> None:
    issuer = FakeIssuer(rsa_key("a"), ec_key("b"))
    keys = keys_of(issuer, ManualClock())
    assert issuer.asked == 0
    assert (await keys.find("a")).kid == "a"
    assert (await keys.find("b")).kid == "b"
    assert issuer.asked == 1


async def test_an_unknown_key_makes_the_set_be_fetched_at_most_once_in_thirty_seconds() -> None:
    issuer, clock = FakeIssuer(rsa_key("a")), ManualClock()
    keys = keys_of(issuer, clock)
    await keys.find("a")
    issuer.documents = public(rsa_key("a"), rsa_key("b"))
    for _ in range(5):
        assert (await refusal(keys, "b")).kind is ErrorKind.UNAUTHENTICATED
    assert issuer.asked == 1
    await clock.advance(REFETCH_SECONDS)
    assert (await keys.find("b")).kid == "b"
    assert issuer.asked == 2


async def test_an_issuer_that_is_away_is_not_asked_more_often() -> None:
    issuer, clock = FakeIssuer(rsa_key("a")), ManualClock()
    issuer.is_away = True
    keys = keys_of(issuer, clock)
    for _ in range(5):
        error = await refusal(keys, "a")
        assert error.kind is ErrorKind.UNAVAILABLE
        assert "The issuer is away." in error.message
        assert error.facts.retry_after_seconds
    assert issuer.asked == 1
    issuer.is_away = False
    await clock.advance(REFETCH_SECONDS)
    assert (await keys.find("a")).kid == "a"


async def test_the_last_good_keys_survive_an_outage() -> None:
    issuer, clock = FakeIssuer(rsa_key("a")), ManualClock()
    keys = keys_of(issuer, clock)
    await keys.find("a")
    issuer.is_away = True
    await clock.advance(STALE_SECONDS)
    for _ in range(3):
        assert (await keys.find("a")).kid == "a"
        assert (await refusal(keys, "b")).kind is ErrorKind.UNAVAILABLE
        await clock.advance(REFETCH_SECONDS)
        assert (await keys.find("a")).kid == "a"
    issuer.documents, issuer.is_away = [], False
    await clock.advance(REFETCH_SECONDS)
    await keys.find("a")
    await clock.advance(1.0)
    assert (await keys.find("a")).kid == "a", "an issuer without keys is as good as one that is away"


async def test_a_withdrawn_key_stops_counting_within_the_hour() -> None:
    issuer, clock = FakeIssuer(rsa_key("a"), rsa_key("b")), ManualClock()
    keys = keys_of(issuer, clock)
    await keys.find("a")
    generation = keys.generation
    issuer.documents = public(rsa_key("b"))
    await clock.advance(STALE_SECONDS)
    await keys.find("a")
    await clock.advance(1.0)
    assert (await refusal(keys, "a")).kind is ErrorKind.UNAUTHENTICATED
    assert keys.generation == generation + 1


async def test_an_added_key_leaves_what_was_verified_valid() -> None:
    issuer, clock = FakeIssuer(rsa_key("a")), ManualClock()
    keys = keys_of(issuer, clock)
    await keys.find("a")
    issuer.documents = public(rsa_key("a"), rsa_key("b"))
    await clock.advance(REFETCH_SECONDS)
    await keys.find("b")
    assert keys.generation == 0


class _SlowIssuer(FakeIssuer):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__(rsa_key("a"))
        self.may_answer = asyncio.Event()

    async def fetch(self) -> Sequence[Mapping[str, object]]:
        await self.may_answer.wait()
        return await super().fetch()


async def test_callers_share_one_fetch_that_outlives_the_one_who_began_it() -> None:
    issuer = _SlowIssuer()
    keys = keys_of(issuer, ManualClock())
    first, *others = (asyncio.create_task(keys.find("a")) for _ in range(4))
    await asyncio.sleep(0)
    first.cancel()
    issuer.may_answer.set()
    assert [(await each).kid for each in others] == ["a"] * 3
    assert issuer.asked == 1


async def test_closing_gives_up_a_fetch() -> None:
    issuer = _SlowIssuer()
    keys = keys_of(issuer, ManualClock())
    waiting = asyncio.create_task(keys.find("a"))
    await asyncio.sleep(0)
    await keys.aclose()
    await keys.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting


def test_only_public_keys_for_signatures_are_usable() -> None:
    rsa, curve = public(rsa_key("a"))[0], public(ec_key("b"))[0]
    documents: list[dict[str, object]] = [
        rsa,
        curve,
        {**rsa, "kid": "encryption", "use": "enc"},
        {**rsa, "kid": 7},
        {**rsa, "kid": "short", "n": rsa["n"][:200]},
        {**rsa, "kid": "mistyped", "e": 65537},
        {**curve, "kid": "off the curve", "x": curve["y"]},
        {"kid": "symmetric", "kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"},
        {"kid": "incomplete", "kty": "RSA"},
        {"kid": "nothing"},
        {name: value for name, value in rsa.items() if name != "kid"},
    ]
    assert list(usable_keys(documents)) == ["a", "b"]


def test_a_private_key_that_is_published_is_used_as_a_public_one() -> None:
    document = {**rsa_key("a").as_dict(private=True)}
    assert not usable_keys([document])["a"].is_private
