"""Variables given on the command line, `NAME=VALUE` each."""

from collections.abc import Iterable

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


def named_values(texts: Iterable[str], *, option: str) -> dict[str, str]:
    """Return the values by name, all of them texts; raise `INVALID_INPUT` for what is no `NAME=VALUE`."""
    return dict(_pair(text, option) for text in texts)


def placed_values(texts: Iterable[str], *, option: str) -> dict[str, str]:
    """Return the values by their places, such as `accept.rows`; raise `INVALID_INPUT` for what is no `PLACE=VALUE`."""
    placed: dict[str, str] = {}
    for text in texts:
        place, separator, value = text.partition("=")
        if not separator or not place:
            raise TextNLPError(
                f"{text!r} is no KEY=VALUE.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(hint=f"Write it as {option} accept.rows=50."),
            )
        placed[place] = value
    return placed


def _pair(text: str, option: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier():
        raise TextNLPError(
            f"{text!r} is no NAME=VALUE.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=f"Write it as {option} city=Rome."),
        )
    return name, value
