"""What is told where a library is not installed that comes with an extra of this package."""

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


def missing_extra(message: str, *, extra: str, field: str | None = None) -> TextNLPError:
    """Return an `INVALID_INPUT` that says how to install it; `field` names the setting that asks for it."""
    hint = f"Install it: pip install 'textnlp[{extra}]'"
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint, field=field))
