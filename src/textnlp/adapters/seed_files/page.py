"""A page of a document."""

from dataclasses import dataclass

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The text of a page, whose number counts from 1; None for a document that has no pages."""

    text: str
    number: int | None = None


def unreadable(name: str, reason: str, *, hint: str | None = None) -> TextNLPError:
    """Build the error for a document of which no text can be had."""
    return TextNLPError(
        f"{name} {reason}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.path", hint=hint),
    )
