import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.recipes.estimate.estimates import estimate_of
from tests.unit.domain.recipes.recipes import REVIEWS
from textnlp.domain.recipes.estimate.band import EstimateBand, Size
from textnlp.domain.recipes.estimate.model import RecipeEstimate
from textnlp.domain.recipes.estimate.refinement import ColumnFigures, ProbeFigures, refine

CHECKED = {"where": "score.clarity.score > 3"}
BEFORE = estimate_of(REVIEWS, wanted=1_000, accept=CHECKED)


def probe_of(rows: int, *, accepted: int, calls: float = 1.0, **parts: int) -> ProbeFigures:
    figures = ColumnFigures(
        calls=round(calls * rows), prompt_tokens=60 * rows, completion_tokens=100 * rows, seconds=2.0 * rows
    )
    return ProbeFigures(
        candidates=parts.get("candidates", rows),
        rows=rows,
        accepted=accepted,
        columns=dict.fromkeys(("review", "score"), figures),
    )


def is_within(inner: EstimateBand, outer: EstimateBand) -> bool:
    return outer.low * (1 - 1e-9) <= inner.low <= inner.high <= outer.high * (1 + 1e-9)


def test_what_was_measured_takes_the_place_of_what_was_assumed() -> None:
    after = refine(BEFORE, probe_of(100, accepted=50))
    review = after.columns[0]
    assert after.pass_rate.expected == 0.5
    assert review.calls.expected == after.candidates.expected == 2_000
    assert (review.call_prompt_tokens.expected, review.call_completion_tokens.expected) == (60, 100)
    assert review.call_seconds.expected == 2.0
    assert after.probe_rows == 100
    assert after.notes == ("Measured on 100 rows made beforehand, of which 50 were accepted.",)


@pytest.mark.parametrize("name", ["pass_rate", "candidates", "calls", "completion_tokens", "cost", "seconds"])
def test_a_probe_narrows_every_band(name: str) -> None:
    after = refine(BEFORE, probe_of(100, accepted=70))
    before_band, after_band = getattr(BEFORE, name), getattr(after, name)
    assert after_band.high - after_band.low < 0.6 * (before_band.high - before_band.low)


@given(st.integers(1, 400), st.floats(0.31, 1))
def test_bands_stay_within_those_before_while_the_measurement_does(rows: int, rate: float) -> None:
    after = refine(BEFORE, probe_of(rows, accepted=round(rate * rows)))
    for old, new in zip(BEFORE.columns, after.columns, strict=True):
        if old.calls.low <= new.calls.expected <= old.calls.high:
            assert is_within(new.calls, old.calls)
        assert is_within(new.call_completion_tokens, old.call_completion_tokens)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0, 3), st.integers(1, 300))
def test_any_figures_give_an_estimate(rows: int, accepted: int, calls: float, candidates: int) -> None:
    after = refine(BEFORE, probe_of(rows, accepted=min(rows, accepted), calls=calls, candidates=candidates))
    assert after.calls.low <= after.calls.expected <= after.calls.high
    assert after.candidates.high <= BEFORE.most_candidates * (1 + 1e-9)
    assert after.seconds.high > 0


def test_more_rows_of_the_probe_tell_it_better() -> None:
    few, many = (refine(BEFORE, probe_of(rows, accepted=rows // 2)) for rows in (20, 2_000))
    assert many.calls.high - many.calls.low < (few.calls.high - few.calls.low) / 3


def test_calls_that_were_not_for_every_row_are_no_more_than_measured() -> None:
    after = refine(BEFORE, probe_of(100, accepted=100, calls=0.25))
    assert after.columns[0].calls.expected == 250


def test_a_probe_without_an_accepted_row_leads_to_the_limit_on_candidates() -> None:
    after = refine(BEFORE, probe_of(50, accepted=0))
    assert after.pass_rate.low > 0
    assert after.candidates.high == BEFORE.most_candidates
    assert after.notes[-1] == "None of the 50 rows made beforehand was accepted."


def test_a_probe_without_a_row_measures_nothing() -> None:
    after = refine(BEFORE, ProbeFigures(candidates=0, rows=0, accepted=0))
    assert after.columns == BEFORE.columns
    assert after.notes[-1].startswith("No row was finished beforehand")


def test_columns_without_figures_follow_the_measured_pass_rate() -> None:
    after = refine(BEFORE, ProbeFigures(candidates=100, rows=100, accepted=35))
    assert after.columns[0].calls.expected == pytest.approx(1_000 / 0.35)
    assert after.columns[0].call_prompt_tokens == BEFORE.columns[0].call_prompt_tokens
    assert BEFORE.notes[0] in after.notes


def chats() -> RecipeEstimate:
    sides = {"user": {"system": "u"}, "assistant": {"system": "a"}}
    return estimate_of(
        {"chat": {"kind": "conversation", "max_turns": 3, **sides}}, seeds={"kind": "topics", "root": "r"}
    )


def test_figures_of_a_conversation_are_shared_out_to_its_sides() -> None:
    before = chats()
    whole = ColumnFigures(calls=600, prompt_tokens=60_000, completion_tokens=6_000, seconds=600.0)
    after = refine(before, ProbeFigures(candidates=100, rows=100, accepted=100, columns={"chat": whole}))
    topics, user, assistant = after.columns
    assert topics == before.columns[0]
    assert user.calls.expected == assistant.calls.expected == 300
    measured = user.prompt_tokens.plus(assistant.prompt_tokens)
    assert measured.expected == pytest.approx(60_000, rel=0.01)


def test_sides_that_were_told_apart_keep_their_own_figures() -> None:
    side = ColumnFigures(calls=200, prompt_tokens=2_000, completion_tokens=400)
    probe = ProbeFigures(candidates=100, rows=100, accepted=100, columns={"chat.user": side, "chat.assistant": side})
    user = refine(chats(), probe).columns[1]
    assert user.calls.expected == 200
    assert user.call_seconds == chats().columns[1].call_seconds


def test_more_accepted_rows_than_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        refine(BEFORE, ProbeFigures(candidates=2, rows=2, accepted=3))


def test_every_case_stays_in_order() -> None:
    after = refine(BEFORE, probe_of(10, accepted=9, calls=2.5))
    for band in (after.calls, after.prompt_tokens, after.known_cost, after.seconds):
        assert [band.at(size) for size in Size] == sorted(band.at(size) for size in Size)
