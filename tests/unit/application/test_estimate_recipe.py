from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.domain.recipes.estimate.estimates import ROWS, SOURCES, estimate_of
from tests.unit.domain.recipes.recipes import REVIEWS
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, exactly
from textnlp.domain.recipes.estimate.model import RecipeEstimate

SIDES = {"user": {"system": "You want a {{ product }}."}, "assistant": {"system": "You sell."}}
EVERYTHING: dict[str, dict[str, Any]] = {
    **REVIEWS,
    "good": {"kind": "filter", "where": "score.clarity.score > 2"},
    "list": {"kind": "structured", "prompt": "{{ review }}", "schema": {"type": "array", "items": {"type": "string"}}},
    "item": {"kind": "expand", "column": "list"},
    "some": {"kind": "subsample", "after": "item", "rows": 3},
    "answer": {"kind": "text", "prompt": "{{ item }}", "when": "product == 'lamp'"},
    "program": {"kind": "code", "prompt": "{{ answer }}", "language": "python"},
    "chat": {"kind": "conversation", **SIDES},
    "trace": {"kind": "tool_calls", "prompt": "Do.", "tools": {"find": {"description": "d", "parameters": {}}}},
    "vector": {"kind": "embed", "text": "{{ answer }}"},
    "better": {"kind": "pairwise", "prompt": "Which is clearer?", "first": "review", "second": "product"},
    "order": {"kind": "rank", "prompt": "The clearest first.", "columns": ["review", "product", "score"]},
}


def test_columns_come_in_the_order_in_which_they_are_made() -> None:
    estimate = estimate_of(REVIEWS, models={"w": {"model": "large"}})
    assert [(each.key, each.kind, each.alias, each.model) for each in estimate.columns] == [
        ("review", "text", "w", "large"),
        ("score", "judge", "w", "large"),
    ]
    assert estimate.waves == (("review",), ("score",))


def test_the_default_models_are_asked_where_none_is_named() -> None:
    estimate = estimate_of({**REVIEWS, "vector": {"kind": "embed", "text": "{{ review }}"}})
    assert [(each.alias, each.model) for each in estimate.columns] == [
        ("default", "small"),
        ("default", "small"),
        (None, "vectors"),
    ]


def test_a_judge_reads_what_was_written() -> None:
    short, long = (
        estimate_of(REVIEWS, models={"w": {"model": "small", "max_tokens": limit}}).columns[1] for limit in (20, 2_000)
    )
    assert long.call_prompt_tokens.high > short.call_prompt_tokens.high + 1_500


def test_judges_are_counted_one_by_one_with_every_question() -> None:
    texts = {name: {"kind": "text", "prompt": "Write.", "model": "w"} for name in "abc"}
    panel = {"kind": "judge", "prompt": "{{ a }}", "scores": {"clarity": {"description": "Is it clear?"}}}
    judges = {
        "panel": {**panel, "models": ["w", "l"]},
        "pair": {"kind": "pairwise", "prompt": "Which?", "first": "a", "second": "b", "models": ["w", "l"]},
        "order": {"kind": "rank", "prompt": "Rank.", "columns": ["a", "b", "c"], "permutations": 3, "model": "l"},
    }
    models = {"w": {"model": "small"}, "l": {"model": "large"}}
    estimate = estimate_of({**texts, **judges}, models=models, wanted=100)
    calls = {each.key: round(each.calls.low / estimate.candidates.low) for each in estimate.columns[3:]}
    assert calls == {"panel.w": 1, "panel.l": 1, "pair.w": 2, "pair.l": 2, "order": 3}
    by_key = {each.key: each for each in estimate.columns}
    assert [by_key[key].model for key in ("panel.w", "panel.l", "order")] == ["small", "large", "large"]
    assert by_key["pair.w"].calls_in_turn.low == 1
    assert by_key["order"].call_prompt_tokens.expected > 3 * 200
    assert not any("cannot be rendered" in note for note in estimate.notes)


def test_a_condition_over_drawn_values_halves_the_calls() -> None:
    slogan = {"kind": "text", "prompt": "Praise it.", "when": "product == 'lamp'"}
    review, slogan_estimate, _ = estimate_of({**REVIEWS, "slogan": slogan}).columns
    assert slogan_estimate.calls.expected == pytest.approx(review.calls.expected / 2)
    assert slogan_estimate.calls.low > 0


def test_the_providers_batch_costs_half() -> None:
    online, batch = (
        estimate_of(REVIEWS, models={"w": {"model": "small", "route": {"executor": executor}}})
        for executor in ("online", "batch")
    )
    assert online.known_cost.expected == pytest.approx(2 * batch.known_cost.expected)
    assert batch.seconds.high > 86_000


def test_a_tree_of_topics_is_grown_once_unless_it_is_there() -> None:
    seeds = {"kind": "topics", "root": "animals"}
    grown = estimate_of(REVIEWS, seeds=seeds)
    assert (grown.columns[0].key, grown.waves[0]) == ("seeds:topics", ("seeds:topics",))
    assert grown.columns[0] == estimate_of(REVIEWS, seeds=seeds, wanted=5_000).columns[0]
    kept = estimate_of(REVIEWS, seeds=seeds, sources=replace(SOURCES, has_topics=True))
    assert kept.columns == grown.columns[1:]


def test_prompts_about_topics_that_are_not_grown_yet_are_counted() -> None:
    columns = {"text": {"kind": "text", "prompt": "{{ path|join(' > ') }}", "when": "topic != 'x'"}}
    estimate = estimate_of(columns, rows=[], seeds={"kind": "topics", "root": "animals", "depth": 3})
    _, text = estimate.columns
    assert text.call_prompt_tokens.expected > 15
    assert not any("cannot be rendered" in note for note in estimate.notes)
    assert text.calls.low == 0


def test_the_recipe_says_how_many_rows_are_wanted_and_how_many_calls_are_in_flight() -> None:
    estimate = estimate_of(REVIEWS, wanted=None, accept={"rows": 7}, concurrency=3)
    assert (estimate.rows, estimate.concurrency) == (7, 3)
    assert estimate_of(REVIEWS).concurrency == SOURCES.concurrency


def test_rows_are_not_needed_for_prompts_without_values() -> None:
    estimate = estimate_of({"joke": {"kind": "text", "prompt": "Tell a joke."}}, rows=[])
    assert estimate.columns[0].call_prompt_tokens == exactly(7)


def test_another_tokenizer_counts_otherwise() -> None:
    def count_words(text: str) -> int:
        return len(text.split())

    by_word = estimate_of(REVIEWS, sources=replace(SOURCES, count_tokens=count_words))
    assert by_word.columns[0].call_prompt_tokens.expected < estimate_of(REVIEWS).columns[0].call_prompt_tokens.expected


def bands_of(estimate: RecipeEstimate) -> list[EstimateBand]:
    found = [estimate.candidates, estimate.calls, estimate.prompt_tokens, estimate.completion_tokens]
    return [*found, estimate.known_cost, estimate.seconds, *(each.calls for each in estimate.columns)]


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from(sorted(EVERYTHING.keys() - REVIEWS.keys()))),
    st.integers(1, 100_000),
    st.integers(0, 100_000),
    st.none() | st.integers(1, 3_000),
)
def test_more_rows_never_take_less(left_out: set[str], rows: int, more: int, max_tokens: int | None) -> None:
    if left_out & {"list", "item"}:
        left_out |= {"list", "item", "some", "answer", "program", "vector"}
    if "answer" in left_out:
        left_out |= {"program", "vector"}
    columns = {name: column for name, column in EVERYTHING.items() if name not in left_out}
    parts: dict[str, Any] = {
        "models": {"w": {"model": "small", "max_tokens": max_tokens}},
        "accept": {"where": "review"},
    }
    few, many = (estimate_of(columns, wanted=wanted, rows=ROWS[::10], **parts) for wanted in (rows, rows + more))
    for fewer, further in zip(bands_of(few), bands_of(many), strict=True):
        assert fewer.low <= fewer.expected <= fewer.high
        assert all(fewer.at(size) <= further.at(size) * (1 + 1e-9) for size in Size)
