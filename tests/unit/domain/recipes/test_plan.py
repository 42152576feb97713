from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.recipes import REVIEWS, recipe_of
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.plan import RecipePlan, plan_recipe

EXPAND = {
    "questions": {"kind": "structured", "prompt": "Ask.", "schema": {"type": "array"}},
    "question": {"kind": "expand", "column": "questions"},
    "answer": {"kind": "text", "prompt": "{{ question }}"},
    "title": {"kind": "text", "prompt": "A title."},
}


def order_of(plan: RecipePlan) -> list[str]:
    made = list(plan.drawn)
    for stage in plan.stages:
        made += [name for wave in stage.waves for name in wave]
        made += [stage.step] if stage.step else []
    return made


def refusal(columns: dict[str, dict[str, Any]], **parts: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        plan_recipe(recipe_of(columns, **parts))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    return caught.value


def test_the_order_follows_from_what_refers_to_what() -> None:
    plan = plan_recipe(recipe_of(REVIEWS))
    assert plan.drawn == ("product",)
    assert [stage.waves for stage in plan.stages] == [(("review",), ("score",))]


def test_columns_that_do_not_need_one_another_are_made_at_once() -> None:
    plan = plan_recipe(recipe_of({**REVIEWS, "slogan": {"kind": "text", "prompt": "{{ product }}"}}))
    assert plan.stages[0].waves == (("review", "slogan"), ("score",))


def test_a_drawn_column_with_a_condition_waits_for_what_it_depends_on() -> None:
    gift = {"kind": "bernoulli", "probability": 0.5, "when": "product == 'lamp'"}
    plan = plan_recipe(recipe_of({**REVIEWS, "gift": gift}))
    assert plan.drawn == ("product",)
    assert "gift" in plan.stages[0].waves[0]


def test_what_does_not_depend_on_an_expand_step_is_made_before_it() -> None:
    plan = plan_recipe(recipe_of(EXPAND))
    assert [(stage.waves, stage.step) for stage in plan.stages] == [
        ((("questions", "title"),), "question"),
        ((("answer",),), None),
    ]


def test_a_filter_comes_before_what_it_does_not_need() -> None:
    columns = {**REVIEWS, "lamps": {"kind": "filter", "where": "product == 'lamp'"}}
    plan = plan_recipe(recipe_of(columns))
    assert [(stage.waves, stage.step) for stage in plan.stages] == [((), "lamps"), ((("review",), ("score",)), None)]


def test_a_step_that_needs_another_comes_after_it() -> None:
    columns = {
        "good": {"kind": "filter", "where": "'x' in answer"},
        **EXPAND,
        "some": {"kind": "subsample", "rows": 2, "after": "question"},
    }
    steps = [stage.step for stage in plan_recipe(recipe_of(columns)).stages]
    assert steps == ["question", "some", "good", None]


def test_dependants_are_what_has_to_be_made_anew() -> None:
    plan = plan_recipe(recipe_of(REVIEWS))
    assert plan.dependants("product") == {"product", "review", "score"}
    assert plan.dependants("score") == {"score"}


def test_an_unknown_name_is_named_with_the_nearest_one() -> None:
    error = refusal({**REVIEWS, "slogan": {"kind": "text", "prompt": "{{ produkt }}"}})
    assert "'produkt'; did you mean 'product'" in error.message
    assert error.facts.field == "columns.slogan.prompt"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"checks": [{"kind": "required", "column": "revue"}]}, "checks[0].column"),
        ({"accept": {"where": "scores > 1"}}, "accept.where"),
        ({"accept": {"duplicates": {"columns": ["nothing"]}}}, "accept.duplicates.columns"),
    ],
)
def test_checks_and_acceptance_refer_to_columns_only(parts: dict[str, Any], field: str) -> None:
    assert refusal(REVIEWS, **parts).facts.field == field


def test_a_model_that_is_not_declared_is_refused() -> None:
    columns = {"review": {"kind": "text", "prompt": "x", "model": "writter"}}
    error = refusal(columns, models={"writer": {"temperature": 1.0}})
    assert error.facts.field == "columns.review.model"
    assert "did you mean 'writer'" in error.message


def test_a_circle_is_named() -> None:
    columns = {
        "b": {"kind": "text", "prompt": "{{ a }}"},
        "c": {"kind": "text", "prompt": "{{ b }}"},
        "a": {"kind": "text", "prompt": "{{ c }}"},
    }
    assert "b → a → c → b" in refusal(columns).message


def test_a_step_has_no_value() -> None:
    columns = {**REVIEWS, "lamps": {"kind": "filter", "where": "product == 'lamp'"}}
    assert "is a step" in refusal({**columns, "x": {"kind": "text", "prompt": "{{ lamps }}"}}).message


def test_names_of_seeds_that_are_not_known_yet_are_let_be() -> None:
    recipe = recipe_of({"answer": {"kind": "text", "prompt": "{{ question }}"}})
    assert plan_recipe(recipe, seed_fields=None).needs["answer"] == frozenset()
    assert plan_recipe(recipe, seed_fields=["question"]).needs["answer"] == frozenset()


def test_a_column_cannot_have_the_name_of_a_seeds_column() -> None:
    with pytest.raises(TextNLPError, match="have a column 'product' already"):
        plan_recipe(recipe_of(REVIEWS), seed_fields=["product"])


@given(st.data())
def test_every_column_is_made_once_and_after_what_it_needs(data: st.DataObject) -> None:
    names = [f"c{number}" for number in range(data.draw(st.integers(1, 12)))]
    columns: dict[str, dict[str, Any]] = {}
    for number, name in enumerate(names):
        needed = data.draw(st.lists(st.sampled_from(names[:number]), max_size=3)) if number else []
        kind = data.draw(st.sampled_from(["text", "expand"])) if needed else "text"
        prompt = " ".join(f"{{{{ {need} }}}}" for need in needed)
        columns[name] = {"kind": "text", "prompt": prompt or "x"}
        if kind == "expand":
            columns[name] = {"kind": "expand", "column": needed[0]}
    shuffled = dict(data.draw(st.permutations(list(columns.items()))))
    plan = plan_recipe(recipe_of(shuffled))
    order = order_of(plan)
    assert sorted(order) == sorted(names)
    assert all(order.index(need) < order.index(name) for name in names for need in plan.needs[name])
