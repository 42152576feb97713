from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role
from textnlp.domain.routing.model import AliasDeclaration, DeploymentShare, ModelAlias, Stickiness, Tier
from textnlp.domain.routing.rules import deployments_in_order, resolve_aliases, sticky_key

KEYS = [f"batch_1/{number}".encode() for number in range(4_000)]
DEPLOYMENTS = {"east", "west", "spare", "local"}


def tier(**weights: float) -> Tier:
    return tuple(DeploymentShare(name=name, weight=weight) for name, weight in weights.items())


def alias(*tiers: Tier, stickiness: Stickiness = Stickiness.ROW) -> ModelAlias:
    return ModelAlias(name="chat", tiers=tiers, stickiness=stickiness)


def order(model: ModelAlias, key: bytes, **seconds: float) -> list[str]:
    return deployments_in_order(model, key=key, wait_seconds=lambda name: seconds.get(name, 0.0))


names = st.lists(st.text("abcdefgh-", min_size=1, max_size=6), min_size=1, max_size=6, unique=True)
weights = st.floats(min_value=0.01, max_value=100)


@st.composite
def aliases(draw: st.DrawFn) -> ModelAlias:
    found = draw(names)
    cut = draw(st.integers(1, len(found)))
    shares = [DeploymentShare(name=name, weight=draw(weights)) for name in found]
    return alias(tuple(shares[:cut]), *((share,) for share in shares[cut:]))


@given(aliases(), st.binary(max_size=20), st.dictionaries(st.text("abcdefgh-", max_size=6), st.floats(0, 9)))
def test_every_deployment_is_asked_once_and_those_that_must_be_waited_for_last(
    model: ModelAlias, key: bytes, waits: dict[str, float]
) -> None:
    found = deployments_in_order(model, key=key, wait_seconds=lambda name: waits.get(name, 0.0))
    assert sorted(found) == sorted(model.deployments)
    held = [waits.get(name, 0.0) for name in found]
    later = [wait for wait in held if wait > 0]
    assert held == [0.0] * (len(held) - len(later)) + sorted(later, reverse=True)


@given(aliases(), st.binary(max_size=20), st.data())
def test_leaving_one_out_changes_nothing_about_the_others(model: ModelAlias, key: bytes, data: st.DataObject) -> None:
    left_out = data.draw(st.sampled_from(model.deployments))
    whole = [name for name in order(model, key) if name != left_out]
    found = order(model, key, **{left_out: 5.0})
    assert found == [*whole, left_out]


def test_each_deployment_is_first_for_its_share_of_the_keys() -> None:
    model = alias(tier(east=3, west=1), tier(spare=1))
    first = Counter(order(model, key)[0] for key in KEYS)
    assert set(first) == {"east", "west"}
    assert 0.72 < first["east"] / len(KEYS) < 0.78


def test_when_one_is_skipped_only_its_own_keys_move_and_by_the_weights_of_the_rest() -> None:
    model = alias(tier(east=2, west=1, north=1))
    before = {key: order(model, key)[0] for key in KEYS}
    after = {key: order(model, key, east=9.0)[0] for key in KEYS}
    assert {key for key in KEYS if before[key] != after[key]} == {key for key in KEYS if before[key] == "east"}
    moved = Counter(after[key] for key in KEYS if before[key] == "east")
    assert 0.45 < moved["west"] / sum(moved.values()) < 0.55


def test_a_stand_in_is_asked_after_all_that_share_the_calls() -> None:
    model = alias(tier(east=1, west=100), tier(spare=1), tier(local=1))
    for key in KEYS[:50]:
        assert order(model, key)[2:] == ["spare", "local"]


def test_where_all_must_be_waited_for_the_one_that_is_ready_soonest_comes_last() -> None:
    model = alias(tier(east=1, west=1), tier(spare=1))
    assert order(model, b"1", east=3.0, west=30.0, spare=12.0) == ["west", "spare", "east"]


def request(text: str = "Hello", *, seed: int | None = None, key: str | None = None) -> GenerationRequest:
    return GenerationRequest(
        model="chat", messages=(Message(Role.USER, text),), parameters=Parameters(seed=seed), sticky_key=key
    )


def test_a_row_has_its_own_key_whatever_its_seed() -> None:
    model = alias(tier(east=1))
    assert sticky_key(model, request("a", seed=1, key="batch_1/7")) == sticky_key(model, request("b", key="batch_1/7"))


def test_a_seed_counts_together_with_the_conversation() -> None:
    model = alias(tier(east=1))
    assert sticky_key(model, request(seed=1)) == sticky_key(model, request(seed=1))
    assert sticky_key(model, request(seed=1)) != sticky_key(model, request(seed=2))
    assert sticky_key(model, request("a", seed=1)) != sticky_key(model, request("b", seed=1))


def test_chance_decides_without_a_seed_and_where_nothing_is_sticky() -> None:
    assert sticky_key(alias(tier(east=1)), request()) is None
    assert sticky_key(alias(tier(east=1), stickiness=Stickiness.NONE), request(seed=1, key="batch_1/7")) is None


def test_a_key_may_hold_half_a_character() -> None:
    assert sticky_key(alias(tier(east=1)), request("\ud800", seed=1))
    assert sticky_key(alias(tier(east=1)), request(key="row \ud800"))


def declared(name: str, *fallback: str, **shares: float) -> AliasDeclaration:
    return AliasDeclaration(name=name, deployments=tier(**(shares or {"east": 1})), fallback=fallback)


def test_a_fallback_is_a_tier_and_an_alias_among_them_brings_its_own() -> None:
    found = resolve_aliases(
        [declared("chat", "good", "spare", east=2, west=1), declared("good", "local", west=1, spare=1)],
        deployments=DEPLOYMENTS,
    )
    assert found["chat"].tiers == (tier(east=2, west=1), tier(spare=1), tier(local=1))
    assert found["good"].tiers == (tier(west=1, spare=1), tier(local=1))


@pytest.mark.parametrize(
    ("aliases", "field", "said"),
    [
        ([declared("chat", est=1)], "models.chat.deployments[0].name", "'est' is no deployment. Known are east, local"),
        ([declared("chat", "spare", "nobody")], "models.chat.fallback[1]", "neither a deployment nor an alias"),
        ([declared("east")], "models.east", "has the name of a deployment"),
        ([declared("chat", "chat")], "models.chat.fallback[0]", "chat → chat is a circle"),
        (
            [declared("a", "b"), declared("b", "c"), declared("c", "spare", "a")],
            "models.c.fallback[1]",
            "a → b → c → a is a circle",
        ),
    ],
)
def test_what_leads_nowhere_or_in_a_circle_is_refused_with_its_place(
    aliases: list[AliasDeclaration], field: str, said: str
) -> None:
    with pytest.raises(TextNLPError, match=said) as caught:
        resolve_aliases(aliases, deployments=DEPLOYMENTS)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)
