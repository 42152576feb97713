"""Checks of policy documents: their grammar, and that their expressions are of the closed list."""

import importlib
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from textnlp_infra.api_policies.expressions import is_known

_GRAMMAR = "policies.rng"
_ETREE: Any = importlib.import_module("lxml.etree")
_MOST_SHOWN_CHARACTERS = 80
_WRONG_ATTRIBUTES = re.compile(r"Element (\S+) failed to validate attributes")


def policy_findings(text: str, *, path: str) -> list[str]:
    """List what is wrong with a policy document, each finding with the line that it stands on.

    The grammar knows the policies that the platform uses, their attributes, their order and the bounds of their
    numbers; a policy that it does not know is a finding too.
    """
    parser = _ETREE.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = _ETREE.fromstring(text.encode(), parser)
    except _ETREE.XMLSyntaxError as exc:
        return [f"{path}: {exc.msg}"]
    grammar = _ETREE.RelaxNG(_ETREE.fromstring(_grammar()))
    findings: list[str] = []
    if not grammar.validate(root):
        findings += [f"{path}:{error.line}: {_told(error, root)}" for error in grammar.error_log]
    return [*findings, *(f"{path}:{finding}" for finding in _unknown_expressions(root))]


def _told(error: Any, root: Any) -> str:
    """Return what the grammar says, with the attributes where it says that some are wrong and not which."""
    found = _WRONG_ATTRIBUTES.fullmatch(error.message)
    if found is None:
        return error.message
    on_line = next(each for each in root.iter(found[1]) if each.sourceline == error.line)
    attributes = " ".join(f'{name}="{value}"' for name, value in on_line.attrib.items())
    return f"<{found[1]}> takes other attributes or values than {attributes}; {_GRAMMAR} lists them"


def _unknown_expressions(root: Any) -> Iterator[str]:
    for element in root.iter(_ETREE.Element):
        for value in (*element.attrib.values(), element.text or ""):
            if not is_known(value.strip()):
                shown = value.strip()[:_MOST_SHOWN_CHARACTERS]
                yield (
                    f"{element.sourceline}: <{element.tag}> holds an expression that is not in "
                    f"textnlp_infra/api_policies/expressions.py: {shown}"
                )


def _grammar() -> bytes:
    return resources.files("textnlp_infra.api_policies").joinpath(_GRAMMAR).read_bytes()
