"""The page that says which resources and files are each element of the Azure design."""

from collections.abc import Sequence
from itertools import groupby

from tools.markdown import escaped, table

from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.coverage.element import Element, Sought
from textnlp_infra.coverage.elements import ELEMENTS
from textnlp_infra.expansion.resource import ExpandedResource

_SHOWN_NAMES = 2


def azure_coverage_page() -> str:
    """Return the page: a table a heading."""
    lines = [
        "# What the Azure estate covers",
        "",
        "Each element of the design, with the resources of the rendered production estate and the files that are it;",
        "with those of development where production does without the element.",
        "Services that may be left out are counted in. What is built otherwise than the design asks says how.",
        "",
        f"All of its {len(ELEMENTS)} elements are built; a test fails where one has lost a resource or a file.",
        "",
    ]
    for heading, elements in groupby(ELEMENTS, key=lambda element: element.heading):
        rows = [_row(element, covered_resources(element.environment)) for element in elements]
        lines += [f"## {heading}", "", *table(["element", "resources", "files", "how it differs"], rows), ""]
    return "\n".join(lines)


def _row(element: Element, resources: Sequence[ExpandedResource]) -> list[str]:
    found = zip(element.sought, element.found(resources), strict=True)
    return [
        escaped(element.name),
        "<br>".join(_shown(sought, each) for sought, each in found),
        "<br>".join(f"`{path}`" for path in element.files),
        escaped(element.instead),
    ]


def _shown(sought: Sought, found: Sequence[ExpandedResource]) -> str:
    names = list(dict.fromkeys(resource.name for resource in found))
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    inside = f", {sought.at.rpartition('.')[2]}" if sought.at else ""
    value = f" {sought.is_}" if sought.is_ is not None else ""
    listed = ", ".join(f"`{name}`" for name in names[:_SHOWN_NAMES])
    return escaped(f"{sought.type.partition('.')[2]}: {listed}{more}{inside}{value}")
