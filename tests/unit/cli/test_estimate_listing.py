from dataclasses import replace

import pytest

from tests.unit.domain.recipes.estimate.estimates import estimate_of
from tests.unit.domain.recipes.recipes import REVIEWS
from textnlp.cli.estimate_listing import print_estimate
from textnlp.domain.recipes.estimate.band import EstimateBand, exactly
from textnlp.domain.recipes.estimate.model import RecipeEstimate


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "180")


def estimate(**models: dict[str, object]) -> RecipeEstimate:
    return estimate_of(REVIEWS, models=models or {"w": {"model": "small"}}, accept={"where": "review"})


def said(of: RecipeEstimate, capsys: pytest.CaptureFixture[str]) -> str:
    print_estimate(of)
    return capsys.readouterr().out


def test_columns_totals_and_assumptions_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(estimate(), capsys).splitlines()
    assert lines[0] == "100 accepted rows from 143 (100–333) candidates, of whose rows 70% (30%–100%) are accepted"  # noqa: RUF001
    assert lines[1].split() == ["column", "model", "calls", "prompt", "tokens", "completion", "tokens", "cost"]
    assert [line.split()[:2] for line in lines[2:4]] == [["review", "small"], ["score", "small"]]
    assert "143 (100–333)" in lines[2]  # noqa: RUF001
    calls = [float(line.split()[2]) for line in lines[2:4]]
    total = next(line for line in lines if line.startswith("in all"))
    assert float(total.split()[2]) == pytest.approx(sum(calls), abs=1)
    assert total.count("$") == 3
    assert any(line.startswith("· Prompts are measured on 40 rows") for line in lines)


def test_several_models_have_totals_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    judged = {**REVIEWS, "score": {**REVIEWS["score"], "model": "j"}}
    shown = said(estimate_of(judged, models={"w": {"model": "small"}, "j": {"model": "odd"}}), capsys)
    assert sum(line.split()[0] == "small" for line in shown.splitlines() if line.split()) == 1
    assert shown.count("unknown") >= 3
    assert "and what is unknown" in shown


@pytest.mark.parametrize(("seconds", "shown"), [(20, "20 s"), (600, "10 min"), (9_000, "2.5 h"), (400_000, "4.6 d")])
def test_times_have_a_unit_that_suits_them(seconds: float, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = estimate()
    slow = replace(made.columns[0], calls=exactly(made.concurrency), call_seconds=exactly(seconds))
    assert f"Time with 16 calls at once: {shown}." in said(replace(made, columns=(slow,)), capsys)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(9_999, "9,999"), (12_345, "12.3k"), (999_600, "1M"), (2_500_000, "2.5M"), (4e12, "4,000G")],
)
def test_large_counts_are_rounded(count: float, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = estimate()
    many = replace(made.columns[0], calls=exactly(count))
    assert shown in said(replace(made, columns=(many,)), capsys)


def test_small_amounts_are_not_shown_as_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    made = estimate()
    cheap = replace(made.columns[0], calls=EstimateBand(low=0, expected=1, high=1), call_prompt_tokens=exactly(10))
    assert "$0.0005" in said(replace(made, columns=(cheap,)), capsys)
