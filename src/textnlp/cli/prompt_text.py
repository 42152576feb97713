"""The prompt of one completion: given as it is, read from standard input, or rendered from a template."""

import sys
from collections.abc import Iterable
from pathlib import Path

from textnlp.cli.named_values import named_values
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input


def prompt_of(prompt: str | None, *, template: Path | None, variables: Iterable[str]) -> str:
    """Return the prompt; raise `INVALID_INPUT` unless there is either a prompt or a template that can be rendered.

    `variables` are `NAME=VALUE` each; values are texts.
    """
    given = named_values(variables, option="--var")
    if template is None:
        if prompt is None:
            raise _refused("There is nothing to write.", hint="Give a prompt, or a file of one with --template.")
        if given:
            raise _refused("--var goes with --template only.", hint="Name the file of a template.")
        return sys.stdin.read() if prompt == "-" else prompt
    if prompt is not None:
        raise _refused("There are both a prompt and a template.", hint="Leave one of them out.")
    from textnlp.domain.templates.template import render  # noqa: PLC0415  Jinja takes a twentieth of a second

    return render(_read(template), given)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise invalid_input(f"Cannot read {path}: {exc}.", field="template") from exc


def _refused(message: str, *, hint: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(hint=hint))
