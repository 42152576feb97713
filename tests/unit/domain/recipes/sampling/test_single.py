from tests.unit.domain.recipes.recipes import recipe_of
from textnlp.domain.recipes.sampling.single import draw_value

PICK = recipe_of({"it": {"kind": "pick", "column": "items"}}).columns["it"]


def test_a_value_follows_from_the_row_and_its_place() -> None:
    row = {"items": [str(number) for number in range(100)]}
    drawn = [draw_value("it", PICK, row, seed=1, place=place) for place in ("3", "3", "4", "5", "6")]

    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 2
