from textnlp.console.recipe_reference import recipe_parts


def test_the_recipe_comes_first_with_its_keys_and_what_they_may_hold() -> None:
    recipe = recipe_parts()["The recipe"][0]
    keys = {key.name: key for key in recipe.keys}
    assert keys["name"].is_required
    assert not keys["seed"].is_required
    assert keys["seed"].type == "integer"
    assert "TextColumn" in keys["columns"].parts


def test_columns_and_checks_are_told_by_their_kind() -> None:
    parts = recipe_parts()
    assert {"text", "category", "expand", "person or persona"} <= {each.kind for each in parts["Columns and steps"]}
    assert {"length", "words"} <= {each.kind for each in parts["Checks"]}


def test_every_part_that_a_key_may_hold_is_described() -> None:
    parts = [part for group in recipe_parts().values() for part in group]
    named = {part.name for part in parts}
    assert {each for part in parts for key in part.keys for each in key.parts} <= named
