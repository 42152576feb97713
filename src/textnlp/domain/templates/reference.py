"""How a stored template is spoken of: `name@3`, or `name@latest`, which `name` alone means too."""

import re
from dataclasses import dataclass

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

LATEST = "latest"
FIELD = "reference"
NAME_RULE = (
    "a name has lower-case letters, digits, '.', '_' and '-', begins with a letter or digit, does not end with '.', "
    "and has 100 characters at most"
)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9_-])?")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class TemplateReference:
    """A template by its name, and which version of it: None for the latest.

    Raises `INVALID_INPUT` with the field `reference` for a name that no template can have.
    """

    name: str
    version: int | None = None

    def __post_init__(self) -> None:
        """Refuse such a name, which could lead to anything where templates lie."""
        require_name(self.name, field=FIELD)

    def __str__(self) -> str:
        """Write it as `parse_reference` reads it."""
        return f"{self.name}@{self.version or LATEST}"


def parse_reference(text: str) -> TemplateReference:
    """Read `name@3`, `name@latest` or `name`; raise `INVALID_INPUT` with the field `reference` for anything else."""
    name, separator, version = text.partition("@")
    if not separator or version == LATEST:
        return TemplateReference(name)
    if not _VERSION.fullmatch(version):
        raise _refused(f"{text!r} names no version: write NAME@3 or NAME@{LATEST}.", field=FIELD)
    return TemplateReference(name, int(version))


def is_pinned_reference(text: str) -> bool:
    """Whether a text is a reference that names a version, `latest` included: no prompt is written like that."""
    name, _, version = text.partition("@")
    return bool(_NAME.fullmatch(name) and (version == LATEST or _VERSION.fullmatch(version)))


def is_name(text: str) -> bool:
    """Whether a template can have this name."""
    return bool(_NAME.fullmatch(text))


def require_name(text: str, *, field: str) -> str:
    """Return a template's name; raise `INVALID_INPUT` for a text that cannot be one."""
    if not is_name(text):
        raise _refused(f"{text[:100]!r} is no name of a template: {NAME_RULE}.", field=field)
    return text


def parse_version(text: str) -> int:
    """Return the number of a version; raise `INVALID_INPUT` for a text that is none."""
    if not _VERSION.fullmatch(text):
        raise _refused(f"{text[:100]!r} is no version: versions count from 1.", field="version")
    return int(text)


def no_such_template(reference: TemplateReference, *, latest: int = 0) -> TextNLPError:
    """Build the error for a template that is not there; `latest` is its latest version, where it has any."""
    if not latest:
        message, hint = f"There is no template {reference.name!r}.", None
    else:
        message = f"Template {reference.name!r} has no version {reference.version}."
        hint = f"Its versions are 1 to {latest}." if latest > 1 else "Its only version is 1."
    return TextNLPError(message, kind=ErrorKind.NOT_FOUND, facts=ErrorFacts(hint=hint))


def _refused(message: str, *, field: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
