"""The components of the OpenAPI document as the source of msgspec structs and enums."""

import textwrap
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any

from tools.client_document import Operation, operations, set_by_methods
from tools.client_types import annotation, member, optional, references

_WIDTH = 116
_ATTRIBUTES = "Attributes:\n"


class Models:
    """The components that operations need, and which of them only one resource does."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components: dict[str, dict[str, Any]] = document["components"]["schemas"]
        self._found = operations(document)
        self._left_out = set_by_methods(document)
        answered = self._reached(name for each in self._found for name in _answers_of(each))
        self._closed = self._reached(name for each in self._found for name in _requests_of(each)) - answered
        self._users: dict[str, set[str]] = {}
        for each in self._found:
            for name in self._reached([*_answers_of(each), *_requests_of(each), *_queries_of(each, document)]):
                self._users.setdefault(name, set()).add(each.resource)

    def of(self, resource: str) -> list[str]:
        """Return the components that only this resource needs, each after those that it refers to."""
        return self._ordered(name for name, users in self._users.items() if users == {resource})

    @property
    def shared(self) -> list[str]:
        """The components that several resources need, likewise."""
        return self._ordered(name for name, users in self._users.items() if len(users) > 1)

    def source(self, name: str) -> list[str]:
        """Return the lines that define a component."""
        component = self._components[name]
        if "enum" in component:
            words = [f'    {_constant(word)} = "{word}"' for word in component["enum"]]
            return [f"class {name}(OpenEnum):", *docstring(component.get("description", name), indent=1), "", *words]
        if component.get("type") != "object":
            raise ValueError(f"{name} is neither an object nor a set of words")
        left_out = self._left_out.get(name, set())
        properties = {key: value for key, value in component.get("properties", {}).items() if key not in left_out}
        required = set(component.get("required", ()))
        fields = [
            _field(key, schema, is_required=key in required, is_open=name not in self._closed)
            for key, schema in properties.items()
        ]
        text = _meanings(component.get("description", f"{name}."), properties, left_out)
        return [
            f"class {name}(msgspec.Struct, kw_only=True, omit_defaults=True):",
            *docstring(text, indent=1),
            "",
            *fields,
        ]

    def _ordered(self, names: Iterable[str]) -> list[str]:
        wanted, ordered = set(names), list[str]()

        def add(name: str, *, above: frozenset[str]) -> None:
            if name in above:
                raise ValueError(f"{name} is part of itself")
            for part in sorted(references(self._components[name])):
                add(part, above=above | {name})
            if name in wanted and name not in ordered:
                ordered.append(name)

        for name in sorted(wanted):
            add(name, above=frozenset())
        return ordered

    def _reached(self, names: Iterable[str]) -> set[str]:
        reached, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += references(self._components[name])
        return reached


def docstring(text: str, *, indent: int) -> list[str]:
    """Return the lines of a docstring; its paragraphs are filled, its lists are kept."""
    margin = "    " * indent
    paragraphs = cleandoc(text).replace("\\", "\\\\").replace('"""', "'''").split("\n\n")
    paragraphs = [*_summary(" ".join(paragraphs[0].split()), width=_WIDTH - len(margin)), *paragraphs[1:]]
    shown = [_filled(paragraph, width=_WIDTH - len(margin)) for paragraph in paragraphs]
    lines = "\n\n".join(shown).splitlines()
    if len(lines) == 1:
        return [f'{margin}"""{lines[0]}"""']
    return [f'{margin}"""{lines[0]}', *(margin + line if line else "" for line in lines[1:]), f'{margin}"""']


def _summary(sentence: str, *, width: int) -> list[str]:
    """Return a first paragraph whose first line is a summary: where it is longer than a line, it is divided."""
    if len(sentence) <= width:
        return [sentence]
    for divider in (". ", "; ", ": ", ", "):
        beginning, _, rest = sentence.partition(divider)
        if rest and len(beginning) < width:
            return [f"{beginning}.", rest[0].upper() + rest[1:]]
    return [textwrap.shorten(sentence, width, placeholder=" …"), sentence]


def _filled(paragraph: str, *, width: int) -> str:
    if paragraph.startswith((_ATTRIBUTES, "Args:\n")):
        return paragraph
    return textwrap.fill(" ".join(paragraph.split()), width)


def _meanings(description: str, properties: Mapping[str, Any], left_out: set[str]) -> str:
    """Return the text of a struct with what is said of its members, in its own description or in theirs."""
    text, _, listed = cleandoc(description).partition(_ATTRIBUTES)
    told: dict[str, str] = {}
    for entry in textwrap.dedent(listed).strip().split("\n"):
        name, colon, meaning = entry.partition(": ")
        if colon and not entry.startswith(" "):
            told[name] = meaning
        elif told:
            told[list(told)[-1]] += f" {entry.strip()}"
    told = {name: meaning for name, meaning in told.items() if not {*name.split(", ")} & left_out}
    told.update({name: schema["description"] for name, schema in properties.items() if "description" in schema})
    entries = [
        textwrap.fill(f"{name}: {' '.join(meaning.split())}", _WIDTH - 8, subsequent_indent="    ")
        for name, meaning in told.items()
    ]
    text = text.strip()
    return f"{text}\n\n{_ATTRIBUTES}{textwrap.indent(chr(10).join(entries), '    ')}" if entries else text


def _field(name: str, schema: dict[str, Any], *, is_required: bool, is_open: bool) -> str:
    kind = annotation(schema, is_open=is_open)
    attribute = member(name)
    renamed = f'name="{name}"' if attribute != name else ""
    if is_required:
        return f"    {attribute}: {kind}" + (f" = msgspec.field({renamed})" if renamed else "")
    default = schema.get("default")
    if not is_open or default is None or "$ref" in schema or not isinstance(default, str | int | float):
        kind, default = optional(kind), None
    value = f"msgspec.field(default={default!r}, {renamed})" if renamed else repr(default)
    return f"    {attribute}: {kind} = {value}"


def _constant(word: str) -> str:
    return member(word).upper()


def _answers_of(operation: Operation) -> list[str]:
    return [*_components_in(operation.answer), *operation.events.values()]


def _requests_of(operation: Operation) -> list[str]:
    return [name for name in (operation.body, *_components_in(operation.fields)) if name is not None]


def _queries_of(operation: Operation, document: dict[str, Any]) -> list[str]:
    asked = document["paths"][operation.path][operation.method.lower()].get("parameters", [])
    names = {each.name for each in operation.query}
    return [name for each in asked if each["name"] in names for name in references(each["schema"])]


def _components_in(kind: str | None) -> list[str]:
    """Return the component that a type is, where it is one."""
    return [kind] if kind is not None and kind.isidentifier() and kind[0].isupper() and kind != "Any" else []
