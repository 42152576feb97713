from textnlp.domain.datasets.layout import lines_path, table_path, turned_away_path
from textnlp.domain.datasets.model import RowFate


def test_no_two_files_of_a_version_share_a_path() -> None:
    paths = [path(split) for split in ("train", "test") for path in (lines_path, table_path)]
    paths += [turned_away_path(fate) for fate in RowFate]
    assert len(set(paths)) == len(paths)
    assert turned_away_path(RowFate.REJECTED) == "rejected.jsonl"
