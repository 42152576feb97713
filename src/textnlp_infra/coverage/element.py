"""Elements of the design, and how each is found in the estate."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias, cast

from textnlp_infra.expansion.resource import ExpandedResource

Plain: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Resources of the estate.

    Attributes:
        type: their whole type.
        name: pattern of their whole names, with `*` for anything.
        at: a place inside them, `properties.subnets` say; empty asks for nothing there.
        is_: what stands at the place, or the name of an item of the list there; None asks only that something does.
    """

    type: str
    name: str = "*"
    at: str = ""
    is_: Plain = None

    def matches(self, resource: ExpandedResource) -> bool:
        """Whether a resource is one of these."""
        if resource.type.lower() != self.type.lower() or not fnmatchcase(resource.name, self.name):
            return False
        return not self.at or self._stands_in(resource.get(self.at))

    def _stands_in(self, value: Any) -> bool:
        if self.is_ is None:
            return value is not None
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return any(
                item == self.is_ or (isinstance(item, dict) and cast("dict[str, Any]", item).get("name") == self.is_)
                for item in items
            )
        return value == self.is_


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something the design asks for.

    Attributes:
        heading: under which the design asks for it.
        sought: all of it that Azure is asked to make; each must be found.
        files: paths below the project's root that are part of it; each must be there.
        instead: what is built in its place, or how it differs from what is asked for.
        environment: the environment whose estate has it.
    """

    heading: str
    name: str
    sought: tuple[Sought, ...] = ()
    files: tuple[str, ...] = ()
    instead: str = ""
    environment: str = "prod"

    def __post_init__(self) -> None:
        """Refuse an element that is made of nothing."""
        if not (self.sought or self.files):
            raise ValueError(f"element '{self.name}': name the resources or files that are it")

    def found(self, resources: Iterable[ExpandedResource]) -> list[list[ExpandedResource]]:
        """Return the resources by what is sought, in its order."""
        every = list(resources)
        return [[resource for resource in every if sought.matches(resource)] for sought in self.sought]


def uncovered(
    elements: Sequence[Element], resources_of: Callable[[str], Sequence[ExpandedResource]], root: Path
) -> list[str]:
    """Say of each element which resource no template of its environment has, and which file is not below `root`."""
    said: list[str] = []
    for element in elements:
        place = f"{element.heading}: {element.name}"
        for sought, found in zip(element.sought, element.found(resources_of(element.environment)), strict=True):
            if not found:
                inside = f" with {sought.at} = {sought.is_!r}" if sought.at else ""
                said.append(f"{place}: no {sought.type} '{sought.name}'{inside} is in the templates")
        said += [f"{place}: there is no {path}" for path in element.files if not (root / path).exists()]
    return said
