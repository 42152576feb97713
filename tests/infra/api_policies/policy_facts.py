"""What policy documents say, read from their text alone."""

import re
import xml.etree.ElementTree as ET

_ARRAY = re.compile(r"new \[\] \{ ([^}]*) \}\.Contains\(context\.Operation\.Id\)")


def parsed(text: str) -> ET.Element:
    """Return the root of a document."""
    return ET.fromstring(text)  # noqa: S314  our own text


def operations_in(condition: str) -> list[str]:
    """Return the operations that a condition names."""
    found = _ARRAY.search(condition)
    assert found, condition
    return re.findall(r'"([^"]*)"', found[1])


def required_grants(global_text: str) -> dict[str, str]:
    """Return by operation what its caller must have been granted."""
    grants: dict[str, str] = {}
    for branch in parsed(global_text).iter("when"):
        named = {each.get("name"): each.get("value", "") for each in branch.findall("set-variable")}
        if "is-granted" in named:
            for name in operations_in(branch.get("condition", "")):
                assert name not in grants
                grants[name] = named["missing-grant"]
    return grants


def texts(root: ET.Element, path: str) -> list[str]:
    """Return the texts of the elements at a path."""
    return [each.text or "" for each in root.findall(path)]
