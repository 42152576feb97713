"""Harm that is said in words which are harmless by themselves: threats, contempt for groups, calls to hurt oneself.

English alone; other languages have such phrases in their lexicons. Who belongs to a group is never harm by itself: what
is found is a group together with what is said of it. The expressions are for folded texts, of the syntax that Rust's
and Python's have in common, and written as JSON since people edit them as data; `<group>` in one stands for a part of
many.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from textnlp.domain.texts.toxicity.model import Category


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An expression, and how surely what it finds does harm, 0 to 1."""

    category: Category
    score: float
    expression: str


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parts: dict[str, str]
    signs: dict[Category, str]
    phrases: list[Phrase]


@cache
def read_phrases() -> tuple[Phrase, ...]:
    """Return everything that is looked for beside the words of the lexicons."""
    document = _read()
    return tuple(
        msgspec.structs.replace(phrase, expression=_whole(phrase.expression, document.parts))
        for phrase in document.phrases
    )


@cache
def read_signs() -> Mapping[Category, str]:
    """Return for some categories what a text has at least in which one of their phrases stands."""
    document = _read()
    return {category: _whole(sign, document.parts) for category, sign in document.signs.items()}


def _read() -> _Document:
    content = files("textnlp.domain.texts.toxicity").joinpath("lexicons", "en_phrases.json").read_bytes()
    return msgspec.json.decode(content, type=_Document)


def _whole(expression: str, parts: dict[str, str]) -> str:
    return re.sub(r"<([a-z]+)>", lambda match: _whole(parts[match.group(1)], parts), expression)
