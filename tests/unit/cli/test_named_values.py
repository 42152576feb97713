import pytest

from textnlp.cli.named_values import named_values, placed_values
from textnlp.domain.errors import TextNLPError


def test_values_come_by_their_names_and_may_hold_anything() -> None:
    assert named_values(["city=Rome", "sum=1+1=2"], option="--var") == {"city": "Rome", "sum": "1+1=2"}


def test_values_come_by_their_places() -> None:
    assert placed_values(["accept.rows=5", "labels=[a, b]"], option="--set") == {"accept.rows": "5", "labels": "[a, b]"}


@pytest.mark.parametrize("text", ["city", "=Rome"])
def test_what_is_no_pair_is_refused_with_an_example(text: str) -> None:
    for read, option in ((named_values, "--var"), (placed_values, "--set")):
        with pytest.raises(TextNLPError) as raised:
            read([text], option=option)
        assert str(raised.value.facts.hint).startswith(f"Write it as {option} ")
