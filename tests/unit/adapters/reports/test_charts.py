import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from textnlp.adapters.reports.bar import Bar, bars_of
from textnlp.adapters.reports.charts import growth_plot, histogram_plot, meter, pair_plot, stack_plot, stretches
from textnlp.domain.reports.column_figures import GrowthPoint, Histogram


def numbers(markup: str, name: str, *, tag: str = "rect") -> list[float]:
    return [float(node.attributes[name] or "nan") for node in LexborHTMLParser(markup).css(tag)]


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30))
def test_bars_of_a_histogram_are_as_high_as_their_counts_and_stay_inside(counts: list[int]) -> None:
    histogram = Histogram(edges=[float(edge) for edge in range(len(counts) + 1)], counts=counts)
    plot = histogram_plot(histogram, "words", "Lengths")
    heights, tops = numbers(plot, "height"), numbers(plot, "y")
    assert len(heights) == sum(count > 0 for count in counts)
    assert all(top + height == pytest.approx(92, abs=0.02) for top, height in zip(tops, heights, strict=True))
    assert not heights or max(heights) == 92
    edges = [left + width for left, width in zip(numbers(plot, "x"), numbers(plot, "width"), strict=True)]
    assert all(0 < edge <= 480 for edge in edges)


def test_a_bar_says_what_it_stands_for() -> None:
    plot = histogram_plot(Histogram(edges=[1, 11, 21], counts=[3, 1_200]), "characters", "Lengths")
    told = [node.text() for node in LexborHTMLParser(plot).css("title")]
    assert told == ["1 to 10 characters: 3", "11 to 20 characters: 1,200"]


def test_stretches_of_whole_numbers_include_both_ends() -> None:
    assert stretches(Histogram(edges=[1, 2, 3], counts=[4, 5])) == [(1, 1, 4), (2, 2, 5)]
    assert stretches(Histogram(edges=[0.0, 0.5, 1.0], counts=[4, 5])) == [(0.0, 0.5, 4), (0.5, 1.0, 5)]


def test_a_meter_never_leaves_its_track() -> None:
    assert [numbers(meter(share), "width")[0] for share in (-5, 0, 37.5, 100, 140)] == [0, 0, 37.5, 100, 100]


def test_parts_of_a_stack_fill_it_side_by_side() -> None:
    plot = stack_plot([Bar(label="accepted", count=3), Bar(label="rejected", count=1)])
    assert (numbers(plot, "x"), numbers(plot, "width")) == ([0, 75], [75, 25])
    assert 'aria-label="accepted 3, rejected 1"' in plot
    assert numbers(stack_plot([Bar(label="accepted", count=0)]), "width") == [0]


def test_a_line_rises_from_nothing_to_its_last_point() -> None:
    plot = growth_plot([GrowthPoint(words=50, distinct=40), GrowthPoint(words=100, distinct=80)], "Words")
    assert 'points="0.0,92.0 240.0,46.0 480.0,0.0"' in plot


def test_two_histograms_are_compared_as_shares() -> None:
    plot = pair_plot([10, 30], [1, 0], "Lengths")
    assert [node.attributes["class"] for node in LexborHTMLParser(plot).css("rect")] == ["before", "before", "after"]
    assert numbers(plot, "height") == [23, 69, 92]
    assert numbers(pair_plot([0], [0], "Lengths"), "height") == []


def test_bars_beyond_the_most_become_one() -> None:
    bars = bars_of({str(number): 10 - number for number in range(6)}, {"0": "first"}, most=4)
    assert [(bar.label, bar.count) for bar in bars] == [("0", 10), ("1", 9), ("2", 8), ("3", 7), ("2 others", 11)]
    assert (bars[0].share, bars[0].note, bars[-1].share) == (pytest.approx(100 * 10 / 11), "first", 100)
    assert [bar.share for bar in bars_of({"a": 1, "b": 3}, total=4)] == [25, 75]
    assert bars_of({"a": 0})[0].share == 0
