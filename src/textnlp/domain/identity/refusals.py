"""Why a caller is turned away, in sentences that never repeat what was presented."""

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_SHOWN_CHARACTERS = 100


def unauthenticated(message: str, *, hint: str | None = None) -> TextNLPError:
    """Build the error for a credential that proves nothing."""
    return TextNLPError(message, kind=ErrorKind.UNAUTHENTICATED, facts=ErrorFacts(hint=hint))


def no_such_client(client_id: str) -> TextNLPError:
    """Build the error for a client that is not registered."""
    return TextNLPError(f"There is no client {shown(client_id)}.", kind=ErrorKind.NOT_FOUND)


def client_exists(client_id: str) -> TextNLPError:
    """Build the error for a second client with the same id or the same key prefix."""
    return TextNLPError(
        f"There is a client {shown(client_id)}, or one with its key prefix, already.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Make another key: each carries a random prefix."),
    )


def shown(text: str) -> str:
    """Quote a short text of foreign origin on one line of bounded length, without control characters."""
    start = text[: _SHOWN_CHARACTERS + 1]
    line = "".join(character if character.isprintable() else "\ufffd" for character in start[:_SHOWN_CHARACTERS])
    return f"'{line}…'" if len(start) > _SHOWN_CHARACTERS else f"'{line}'"
