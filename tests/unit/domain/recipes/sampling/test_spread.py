import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.recipes.models import ModelAlias
from textnlp.domain.recipes.sampling.spread import draw_parameters

ALIAS = ModelAlias.model_validate(
    {
        "temperature": {"uniform": [0.2, 0.9]},
        "top_p": {"gaussian": [1.0, 0.4]},
        "presence_penalty": {"choice": [0.5, 1.5]},
        "max_tokens": 90,
        "stop": ["END"],
    }
)


@given(st.text(max_size=20), st.integers(0, 2**62))
def test_parameters_are_within_what_they_may_be(place: str, seed: int) -> None:
    drawn = draw_parameters(ALIAS, seed=seed, place=place)

    assert drawn == draw_parameters(ALIAS, seed=seed, place=place)
    assert 0.2 <= (drawn.temperature or 0) <= 0.9
    assert 0 < (drawn.top_p or 0) <= 1
    assert drawn.presence_penalty in {0.5, 1.5}
    assert (drawn.frequency_penalty, drawn.max_tokens, drawn.stop) == (None, 90, ("END",))
    assert 0 <= (drawn.seed or 0) < 2**31


def test_places_are_drawn_apart() -> None:
    drawn = [draw_parameters(ALIAS, seed=1, place=str(place)) for place in range(400)]

    assert len({each.seed for each in drawn}) == 400
    mean = sum(each.temperature or 0 for each in drawn) / 400
    assert mean == pytest.approx(0.55, abs=0.04)
