"""Docstrings taken apart: what a class says of itself, and of each of its attributes."""

import re
from inspect import cleandoc

_ATTRIBUTES = "Attributes:\n"


def summary(docstring: str) -> str:
    """Return what stands before the attributes, its lines joined; paragraphs stay apart."""
    text, _, _ = cleandoc(docstring).partition(_ATTRIBUTES)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def attribute_meanings(docstring: str) -> dict[str, str]:
    """Read the `Attributes:` part; a line may name several attributes, which share its text."""
    _, _, part = cleandoc(docstring).partition(_ATTRIBUTES)
    meanings: dict[str, str] = {}
    for entry in re.split(r"\n(?= {4}\w)", "\n" + part):
        names, colon, text = entry.strip().partition(":")
        if colon:
            meanings.update(dict.fromkeys(re.split(r",\s+", names), " ".join(text.split())))
    return meanings
