from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from textnlp.adapters.recipe_functions.run_sql import run_sql
from textnlp.bootstrap.installed_functions import COLUMN_FUNCTIONS, find_installed
from textnlp.domain.errors import ErrorKind, TextNLPError


def offer(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    points = EntryPoints(EntryPoint(name=name, value=value, group="some.group") for name, value in values.items())

    def entry_points(*, group: str) -> EntryPoints:
        return points.select(group=group)

    monkeypatch.setattr("textnlp.bootstrap.installed_functions.entry_points", entry_points)


def test_a_function_is_found_with_the_version_of_its_package() -> None:
    found = find_installed("run_sql", group=COLUMN_FUNCTIONS)
    assert found.call is run_sql
    assert found.version


def test_an_unknown_name_is_told_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, two="pathlib:Path", one="pathlib:PurePath")
    with pytest.raises(TextNLPError, match=r"'three' under some\.group; there are: one, two") as caught:
        find_installed("three", group="some.group")
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert find_installed("two", group="some.group").call is Path
    with pytest.raises(TextNLPError, match="there are: none"):
        find_installed("two", group="other.group")


@pytest.mark.parametrize("value", ["no_such_package:function", "pathlib:no_such_function"])
def test_a_package_that_cannot_be_brought_in_is_told(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, broken=value)
    with pytest.raises(TextNLPError, match=r"'broken' of some\.group cannot be brought in") as caught:
        find_installed("broken", group="some.group")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
