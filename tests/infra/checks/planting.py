"""Mistakes of one line, planted into rendered templates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ON, OFF = True, False
"""Booleans to put."""

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Mistake:
    """A mistake, and what must be told of it.

    Attributes:
        kind: type of the resource that is changed.
        name: end of its name, or of what it extends.
        change: the mistake, made to the resource as it stands in the template.
        what: words of the finding's fault.
        advice: words of its advice.
        where: words of its place, where that is another resource.
        needs_types: whether only the published types know.
    """

    says: str
    kind: str
    name: str
    change: Change
    what: str
    advice: str
    where: str = ""
    needs_types: bool = False


def put(path: str, value: Any) -> Change:
    """Put a value at `properties.subnets[name=a].properties.x`, or take what is there away with `...`."""

    def change(resource: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        place: Any = resource
        for step in steps:
            place = _step(place, step)
        if value is ...:
            del place[last]
        elif callable(value):
            place[last] = value(place[last])
        else:
            place[last] = value

    return change


def add(path: str, item: Any) -> Change:
    """Append an item to a list."""

    def appended(items: list[Any]) -> list[Any]:
        return [*items, item]

    return put(path, appended)


def resources_of(template: Mapping[str, Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield each resource of a stack's template and of its deployments, with the list it stands in."""
    for resource in template["resources"]:
        yield template["resources"], resource
        inner = resource.get("properties", {}).get("template")
        if inner:
            yield from resources_of(inner)


def plant(templates: Mapping[str, Mapping[str, Any]], mistake: Mistake) -> None:
    """Make the mistake in the one resource that it names."""
    matching = [
        resource
        for template in templates.values()
        for _, resource in resources_of(template)
        if resource["type"] == mistake.kind
        and any(str(resource.get(key)).endswith(mistake.name) for key in ("name", "scope"))
    ]
    assert matching, f"{mistake.says}: there is no {mistake.kind} '…{mistake.name}'"
    mistake.change(matching[0])


def _step(place: Any, step: str) -> Any:
    name, _, condition = step.partition("[")
    inner = place[name]
    if not condition:
        return inner
    key = condition.rstrip("]")
    return next(item for item in inner if item["name"] == key) if not key.isdigit() else inner[int(key)]
