"""What of a document of Microsoft Graph is not as it is declared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from textnlp_infra.deploy.subscription import PropertyChange

_KEYS = ("id", "resourceAppId")
_NAMES = ("value", *_KEYS)


def differences(there: object, wanted: object, at: str = "") -> Iterator[PropertyChange]:
    """Yield each declared property that Graph has another value of; what is not declared is Graph's own.

    Items of lists have no order: those with a key are compared with the item of the same key. One that is there and is
    not declared is a difference, as it goes when the list is written.
    """
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        had, declared = cast("Mapping[str, Any]", there), cast("Mapping[str, Any]", wanted)
        for name, value in declared.items():
            yield from differences(had.get(name), value, f"{at}.{name}" if at else name)
    elif isinstance(wanted, list) and isinstance(there, list):
        yield from _of_lists(cast("list[Any]", there), cast("list[Any]", wanted), at)
    elif there != wanted:
        yield PropertyChange(path=at, before=there, after=wanted)


def without_gone(there: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return permissions as they are, with those that are not declared disabled, as Graph wants before they go.

    Empty where there is nothing to disable.
    """
    declared = {item["id"] for item in wanted}
    gone = {item["id"] for item in there if item["id"] not in declared and item.get("isEnabled")}
    if not gone:
        return []
    return [
        {name: False if name == "isEnabled" and item["id"] in gone else value for name, value in item.items()}
        for item in ({name: value for name, value in each.items() if name != "origin"} for each in there)
    ]


def _of_lists(there: Sequence[Any], wanted: Sequence[Any], at: str) -> Iterator[PropertyChange]:
    key = next((name for name in _KEYS if _all_have(name, wanted)), None)
    if key is None or not _all_have(key, there):
        if sorted(map(repr, there)) != sorted(map(repr, wanted)):
            yield PropertyChange(path=at, before=there, after=wanted)
        return
    had, declared = ({item[key]: item for item in items} for items in (there, wanted))
    for each in {**declared, **had}:
        shown = next(str(item[name]) for item in (declared.get(each) or had[each],) for name in _NAMES if name in item)
        place = f"{at}[{shown}]"
        if each in had and each in declared:
            yield from differences(had[each], declared[each], place)
        else:
            yield PropertyChange(path=place, before=had.get(each), after=declared.get(each))


def _all_have(key: str, items: Sequence[Any]) -> bool:
    return all(isinstance(item, Mapping) and key in item for item in items)
