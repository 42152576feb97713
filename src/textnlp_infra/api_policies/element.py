"""Elements of policy documents."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

Elements = Sequence[ET.Element]


def element(tag: str, /, *children: ET.Element, text: str | None = None, **attributes: str) -> ET.Element:
    """Return an element; an underscore in an attribute's name stands for the hyphen that policies have there."""
    made = ET.Element(tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    made.text = text
    made.extend(children)
    return made


def listed(tag: str, item: str, values: Iterable[str], /, **attributes: str) -> ET.Element:
    """Return an element that holds one `item` a value."""
    return element(tag, *(element(item, text=value) for value in values), **attributes)


def set_header(name: str, value: str) -> ET.Element:
    """Return the policy that gives a header one value, whatever it had."""
    return element("set-header", element("value", text=value), name=name, exists_action="override")


def drop_header(name: str) -> ET.Element:
    """Return the policy that takes a header away."""
    return element("set-header", name=name, exists_action="delete")


def set_variable(name: str, value: str) -> ET.Element:
    """Return the policy that keeps a value for the rest of the call."""
    return element("set-variable", name=name, value=value)


def when(condition: str, *children: ET.Element) -> ET.Element:
    """Return a branch of `choose`."""
    return element("when", *children, condition=condition)


def choose(*branches: ET.Element, otherwise: Elements = ()) -> ET.Element:
    """Return the policy that takes the first branch whose condition holds."""
    last = [element("otherwise", *otherwise)] if otherwise else []
    return element("choose", *branches, *last)


def document(
    *, inbound: Elements = (), backend: Elements = (), outbound: Elements = (), on_error: Elements = ()
) -> str:
    """Return the text of a policy document; a section runs what the scope around it does where it holds `base`."""
    root = element(
        "policies",
        element("inbound", *inbound),
        element("backend", *backend),
        element("outbound", *outbound),
        element("on-error", *on_error),
    )
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def base() -> ET.Element:
    """Return what stands for the same section of the scope around."""
    return element("base")


def flag(*, is_on: bool) -> str:
    """Return a switch as it stands in attributes."""
    return "true" if is_on else "false"
