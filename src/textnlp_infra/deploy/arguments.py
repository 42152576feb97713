"""Values for the parameters of templates: from the command, from a file, from the environment."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp_infra.deploy.stack_template import StackTemplate, is_secure

ENVIRONMENT_PREFIX = "TEXTNLP_PARAMETER_"
_MOST_BYTES = 1024 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What whoever deploys gave.

    Attributes:
        typed: values of the command line, which other users of the machine can read.
        file: a JSON file of parameters, as Azure writes them or a plain object, None for none.
        environment: variables of the process; those of `ENVIRONMENT_PREFIX` and the name in capitals count.
        assumed: values for parameters that nothing else gives.
    """

    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    file: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    assumed: Mapping[str, Any] = field(default_factory=dict[str, Any])


def stack_templates(
    templates: Mapping[str, Mapping[str, Any]], given: Given, *, environment: str, location: str
) -> tuple[StackTemplate, ...]:
    """Give every template its values, in the order of the stacks.

    The command line wins over the environment, which wins over the file. Raises `INVALID_INPUT` that names every
    parameter without a value, a name that no template knows, a secret on the command line or in a file that others
    may read, and a value of the wrong kind.
    """
    declared = {name: item for template in templates.values() for name, item in template.get("parameters", {}).items()}
    secure = {name for name, item in declared.items() if is_secure(item)}
    values = _values(declared, secure, given)
    missing = [name for name, item in declared.items() if name not in values and "defaultValue" not in item]
    if missing:
        raise _missing(missing, declared, secure)
    return tuple(
        StackTemplate(
            environment=environment,
            name=name,
            location=location,
            template=template,
            arguments={key: values[key] for key in template.get("parameters", {}) if key in values},
        )
        for name, template in templates.items()
    )


def _values(declared: Mapping[str, Any], secure: set[str], given: Given) -> dict[str, Any]:
    exposed = sorted(secure & set(given.typed))
    if exposed:
        raise invalid_input(
            f"parameter '{exposed[0]}' is a secret, which everybody on this machine could read on a command line; "
            f"give it in {variable(exposed[0])} or in a file",
            field=exposed[0],
        )
    filed = _filed(given.file, secure) if given.file else {}
    unknown = sorted({*given.typed, *filed} - set(declared))
    if unknown:
        known = ", ".join(sorted(declared)) or "none"
        raise invalid_input(f"no template has a parameter '{unknown[0]}'; there are {known}", field=unknown[0])
    found = {name: text for name in declared if (text := given.environment.get(variable(name)))}
    texts = {**found, **given.typed}
    return {**given.assumed, **filed, **{name: _read(name, declared[name], text) for name, text in texts.items()}}


def variable(parameter: str) -> str:
    """Return the environment variable of a parameter."""
    return ENVIRONMENT_PREFIX + parameter.upper()


def _filed(path: Path, secure: set[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) > _MOST_BYTES:
                raise invalid_input(f"{path} is larger than {_MOST_BYTES} bytes; it is no file of parameters")
            file.seek(0)
            document = json.load(file)
    except OSError as error:
        raise invalid_input(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise invalid_input(f"{path} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise invalid_input(f"{path} must hold an object of values by parameter")
    values = cast("dict[str, Any]", document)
    if isinstance(values.get("parameters"), dict):
        azure = cast("dict[str, Any]", values["parameters"])
        values = {name: _filed_value(path, name, item) for name, item in azure.items()}
    if secure & set(values) and path.stat().st_mode & _OTHERS:
        raise invalid_input(f"{path} holds a secret, and others may read it; chmod 600 {path}")
    return values


def _filed_value(path: Path, name: str, item: Any) -> Any:
    if not isinstance(item, dict) or "value" not in item:
        raise invalid_input(f"{path}: parameter '{name}' needs a value; write {{'value': …}}", field=name)
    return cast("dict[str, Any]", item)["value"]


def _read(name: str, declaration: Mapping[str, Any], text: str) -> Any:
    kind = str(declaration["type"]).lower()
    if kind in {"string", "securestring"}:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise invalid_input(f"parameter '{name}' is of type {kind}; write it as JSON", field=name) from error


def _missing(missing: list[str], declared: Mapping[str, Any], secure: set[str]) -> TextNLPError:
    said = [f"  {name}: {declared[name].get('metadata', {}).get('description', '')}" for name in missing]
    ways = [variable(name) + "=…" if name in secure else f"--parameter {name}=…" for name in missing]
    return TextNLPError(
        "\n".join(("The templates need values that were not given:", *said)),
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=f"Give {' '.join(ways)}, or a file with --parameters. Nothing was sent."),
    )
