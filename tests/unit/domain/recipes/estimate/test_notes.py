from dataclasses import replace

from tests.unit.domain.recipes.estimate.estimates import estimate_of
from tests.unit.domain.recipes.recipes import REVIEWS
from textnlp.domain.recipes.estimate.notes import remarks


def test_what_depends_on_a_model_is_said_to_be_assumed() -> None:
    columns = {
        **REVIEWS,
        "only": {"kind": "filter", "where": "score.clarity.score > 3"},
        "title": {"kind": "text", "prompt": "p", "when": "review|length > 9"},
        "slogan": {"kind": "text", "prompt": "p", "when": "product == 'lamp'"},
    }
    said = "\n".join(remarks(estimate_of(columns)))
    assert "Prompts are measured on 40 rows" in said
    assert "only: what passes depends" in said
    assert "title: whether it is asked depends" in said
    assert "slogan" not in said


def test_limits_that_may_end_the_run_are_told() -> None:
    estimate = estimate_of(REVIEWS, accept={"max_cost": 1e-9, "max_seconds": 1e9, "where": "review"})
    assert any("will probably end before all rows are there: max_cost" in each for each in remarks(estimate))
    assert not any("max_seconds" in each for each in remarks(estimate))
    slow = replace(estimate, max_seconds=estimate.seconds.high * 0.99)
    assert any("may end before all rows are there: max_seconds" in each for each in remarks(slow))
    capped = replace(estimate, most_candidates=100)
    assert any("limit of 100 candidates" in each for each in remarks(capped))


def test_unknown_prices_and_batches_are_told() -> None:
    models = {"odd": {"model": "odd", "route": {"executor": "batch"}}}
    said = "\n".join(remarks(estimate_of(REVIEWS, models=models)))
    assert "The price of odd is not known" in said
    assert "batch cost half" in said
