from textnlp.domain.reports.duplicate_tally import DuplicateTally


def test_the_largest_clusters_are_found_among_very_many() -> None:
    tally = DuplicateTally()
    removed = 0
    for number in range(30_000):
        keepers = [f"k{number}", "large"] if number % 10 == 0 else [f"k{number}"]
        for keeper in keepers:
            tally.add(str(removed), keeper=keeper, text=None)
            removed += 1
    figures = tally.figures()
    assert figures is not None
    assert figures.removed == removed == 33_000
    assert figures.clusters == 30_001
    assert figures.largest[0].keeper == "large"
    assert figures.largest[0].removed == 3_000


def test_without_removed_rows_there_is_nothing_to_tell() -> None:
    assert DuplicateTally().figures() is None
