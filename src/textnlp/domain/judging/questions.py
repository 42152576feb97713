"""What judges are told when they compare texts, and the form of their answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textnlp.domain.errors import invalid_input
from textnlp.domain.judging.pairs import Winner

REASON_SCHEMA: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}
"""Of the reason that a judge gives."""

_WINNERS = {"A": Winner.FIRST, "B": Winner.SECOND, "tie": Winner.TIE}
_TIE = "tie"
_CLOSING = "</text_"
_FAIRLY = "Neither their order nor their length counts."


def compared_text(row: Mapping[str, Any], name: str) -> str:
    """Return the text of a column that is compared, other values as JSON; raises `INVALID_INPUT` where it has none."""
    value = row.get(name)
    if value is None or value == "":
        raise invalid_input(f"There is nothing in {name!r} to compare.", field=name)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def pair_question(texts: Sequence[str], *, ties: bool) -> str:
    """Return how a judge is asked which of two texts is better, in the order in which they are shown."""
    labels = [label for label in _WINNERS if label != _TIE]
    verdict = " or ".join(labels) + (f", or {_TIE} where neither is" if ties else "")
    told = f"Say which of the two is better by what is asked above: {verdict}. Give a short reason first. {_FAIRLY}"
    return "\n\n".join([*_tagged(labels, texts), told])


def pair_schema(*, ties: bool) -> dict[str, Any]:
    """Return the form of the answer, in which the winner is a label."""
    winners = [label for label in _WINNERS if ties or label != _TIE]
    return _answer_schema("winner", {"type": "string", "enum": winners})


def winner_of(answer: Mapping[str, Any]) -> Winner:
    """Return who wins in an answer, in terms of what was shown first and second."""
    return _WINNERS[answer["winner"]]


def rank_question(texts: Sequence[str]) -> str:
    """Return how a judge is asked in which order texts are."""
    labels = [str(number) for number in range(1, len(texts) + 1)]
    told = (
        f"Rank these {len(texts)} texts by what is asked above. Give a short reason first, then their numbers from the "
        f"best to the worst, each once. {_FAIRLY}"
    )
    return "\n\n".join([*_tagged(labels, texts), told])


def rank_schema(count: int) -> dict[str, Any]:
    """Return the form of the answer, in which the ranking is the numbers of `count` texts, each once."""
    numbers = {"type": "integer", "enum": list(range(1, count + 1))}
    ranking = {"type": "array", "items": numbers, "minItems": count, "maxItems": count, "uniqueItems": True}
    return _answer_schema("ranking", ranking)


def _answer_schema(name: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"reason": REASON_SCHEMA, name: answer},
        "required": ["reason", name],
        "additionalProperties": False,
    }


def _tagged(labels: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Put marks around texts; what looks like a mark in one is put apart, so that no text can end before its end."""
    plain = [text.replace(_CLOSING, f"{_CLOSING[:2]} {_CLOSING[2:]}") for text in texts]
    return [f"<text_{label}>\n{text}\n{_CLOSING}{label}>" for label, text in zip(labels, plain, strict=True)]
