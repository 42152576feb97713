"""The source of the client's modules."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tools.client_document import JSON, ROOT, Operation, operations
from tools.client_models import Models, docstring

RENEW = "make reference"
MARK = f"# Made from the OpenAPI document. To renew: {RENEW}"
_PACKAGE = "textnlp.client"
_MOST_LINES = 380
_IMPORTS = (
    ("Any", "from typing import Any"),
    ("AsyncGenerator", "from collections.abc import AsyncGenerator"),
    ("Decimal", "from decimal import Decimal"),
    ("Generator", "from collections.abc import Generator"),
    ("Literal", "from typing import Literal"),
    ("Mapping", "from collections.abc import Mapping"),
    ("Path", "from pathlib import Path"),
    ("Sequence", "from collections.abc import Sequence"),
    ("AsyncTransport", f"from {_PACKAGE}.async_transport import AsyncTransport"),
    ("Call", f"from {_PACKAGE}.call import Call"),
    ("OpenEnum", f"from {_PACKAGE}.open_enum import OpenEnum"),
    ("Transport", f"from {_PACKAGE}.transport import Transport"),
    ("Upload", f"from {_PACKAGE}.call import Upload"),
    ("dt", "import datetime as dt"),
    ("msgspec", "import msgspec"),
    ("segment", f"from {_PACKAGE}.call import segment"),
)


def client_modules(document: dict[str, Any]) -> dict[str, str]:
    """Return the source of every module that is made from the document, by its file name, before it is formatted."""
    models = Models(document)
    by_resource: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations(document):
        by_resource[operation.resource].append(operation)
    modules: dict[str, str] = {}
    if models.shared:
        lines = _definitions(models, models.shared)
        modules["shared.py"] = _module("Models that several resources have.", lines, homes={})
    homes = dict.fromkeys(models.shared, "shared")
    for resource, found in by_resource.items():
        own = models.of(resource)
        definitions, classes = _definitions(models, own), _resource(resource, found)
        title = f"{_sentence(resource)}, and the models."
        if len(definitions) + len(classes) <= _MOST_LINES:
            modules[f"{resource}.py"] = _module(title, [*definitions, *classes], homes=homes)
            continue
        modules[f"{resource}_models.py"] = _module(f"Models of {_spoken(resource)}.", definitions, homes=homes)
        inner = {**homes, **dict.fromkeys(own, f"{resource}_models")}
        modules[f"{resource}.py"] = _module(f"{_sentence(resource)}.", classes, homes=inner)
    modules["client.py"] = _client(list(by_resource))
    return modules


def signature_of(operation: Operation) -> str:
    """Return a method as its caller sees it."""
    return f"{operation.name}({_signature(operation)}) -> {_returned(operation)}"


def class_name(resource: str) -> str:
    """Return the name of a resource's class."""
    return "".join("OpenAI" if word == "openai" else word.capitalize() for word in resource.split("_"))


def _sentence(resource: str) -> str:
    title = _title(resource)
    return title[0].upper() + title[1:]


def _title(resource: str) -> str:
    return "how the platform is" if resource == ROOT else f"the operations around {_spoken(resource)}"


def _spoken(resource: str) -> str:
    return resource.replace("openai", "OpenAI's").replace("_", " ")


def _module(title: str, lines: Sequence[str], *, homes: dict[str, str]) -> str:
    code = "\n".join(line for line in lines if not line.lstrip().startswith('"""'))
    imports = [line for name, line in _IMPORTS if re.search(rf"\b{name}\b", code)]
    used = {name: home for name, home in homes.items() if re.search(rf"\b{name}\b", code)}
    imports += [f"from {_PACKAGE}.{home} import {name}" for name, home in used.items()]
    return "\n".join([MARK, f'"""{title}"""', "", *imports, "", "", *lines, ""])


def _definitions(models: Models, names: Iterable[str]) -> list[str]:
    return [line for name in names for line in ("", "", *models.source(name))]


def _resource(resource: str, found: Sequence[Operation]) -> list[str]:
    name = class_name(resource)
    lines = ["", ""]
    for kind, transport, word in ((name, "Transport", ""), (f"Async{name}", "AsyncTransport", "async ")):
        how = "one call at a time" if not word else "while others work"
        lines += [
            f"class {kind}:",
            f'    """{_sentence(resource)}, {how}."""',
            "",
            f"    def __init__(self, transport: {transport}) -> None:",
            "        self._transport = transport",
        ]
        for operation in found:
            lines += ["", *_method(operation, word)]
        lines += ["", ""]
    for operation in found:
        lines += [*_call(operation), "", ""]
    return lines


def _method(operation: Operation, word: str) -> list[str]:
    call = f"_{operation.name}({', '.join(_passed(operation))})"
    is_stream = _is_stream(operation)
    answer = f"Async{_returned(operation)}" if is_stream and word else _returned(operation)
    head = f"    {'' if is_stream else word}def {operation.name}(self, {_signature(operation)}) -> {answer}:"
    if is_stream:
        result = f"return self._transport.{_stream(operation, call)}"
    else:
        waited = "await " if word else ""
        result = f"{'return ' if operation.answer else ''}{waited}self._transport.{_answer(operation, call)}"
    return [head.replace("(self, )", "(self)"), *docstring(_text(operation), indent=2), f"        {result}"]


def _is_stream(operation: Operation) -> bool:
    return bool(operation.accept) and operation.answer is None


def _returned(operation: Operation) -> str:
    return f"Generator[{_piece(operation)}]" if _is_stream(operation) else operation.answer or "None"


def _piece(operation: Operation) -> str:
    return " | ".join(dict.fromkeys(operation.events.values())) or "bytes"


def _stream(operation: Operation, call: str) -> str:
    if not operation.events:
        return f"pieces({call})"
    kinds = ", ".join(f'"{name}": {kind}' for name, kind in operation.events.items())
    return f"events({call}, {{{kinds}}})"


def _answer(operation: Operation, call: str) -> str:
    if operation.answer is None:
        return f"done({call})"
    status = "" if operation.status is None else f", status={operation.status}"
    return f"decoded({call}, {operation.answer}{status})"


def _text(operation: Operation) -> str:
    text = operation.text or f"Call {operation.method} {operation.path}."
    if all(each.meaning for each in operation.query) and operation.query:
        entries = "\n".join(f"    {each.argument}: {' '.join(each.meaning.split())}" for each in operation.query)
        others = [name for name in _passed(operation) if name not in {each.argument for each in operation.query}]
        return text if others else f"{text}\n\nArgs:\n{entries}"
    return text


def _passed(operation: Operation) -> list[str]:
    """Return the arguments of a method as they are handed on."""
    names = list(operation.path_names)
    if operation.body:
        names.append("body")
    if operation.has_file:
        names += ["file", "name=name", *(["form=form"] if operation.fields else [])]
    elif operation.fields:
        names.append("form")
    return [*names, *(f"{each.argument}={each.argument}" for each in operation.query)]


def _signature(operation: Operation) -> str:
    arguments = [f"{name}: str" for name in operation.path_names]
    named = [f"{each.argument}: {each.kind}{'' if each.is_required else ' = None'}" for each in operation.query]
    if operation.body:
        arguments.append(f"body: {operation.body}")
    if operation.has_file:
        arguments.append("file: Path")
        form = [f"form: {operation.fields} | None = None"] if operation.fields else []
        named = ["name: str | None = None", *form, *named]
    elif operation.fields:
        arguments.append(f"form: {operation.fields}")
    return ", ".join([*arguments, *(["*", *named] if named else [])])


def _call(operation: Operation) -> list[str]:
    path = re.sub(r"{(\w+)}", r"{segment(\1)}", operation.path)
    facts = [f'method="{operation.method}"', f'path={"f" if path != operation.path else ""}"{path}"']
    query = [f'"{each.name}": {each.argument}' for each in operation.query]
    query += [f'"{name}": "{value}"' for name, value in operation.fixed.items()]
    if query:
        facts.append(f"query={{{', '.join(query)}}}")
    if operation.body:
        facts.append("body=body")
    if operation.members:
        facts.append(f"members={operation.members!r}")
    if operation.fields:
        facts.append("fields=form")
    if operation.has_file:
        facts.append("upload=Upload(file, name)")
    if operation.accept not in {"", JSON}:
        facts.append(f'accept="{operation.accept}"')
    facts += [f"{name}=True" for name in ("takes_key", "follows") if getattr(operation, name)]
    return [f"def _{operation.name}({_signature(operation)}) -> Call:", f"    return Call({', '.join(facts)})"]


def _client(resources: Sequence[str]) -> str:
    classes = {resource: class_name(resource) for resource in resources}
    imports = [f"from {_PACKAGE}.{resource} import Async{name}, {name}" for resource, name in classes.items()]
    lines = [
        MARK,
        '"""Clients of a platform, with a resource an attribute."""',
        "",
        "from types import TracebackType",
        "from typing import Self",
        "",
        "import httpx",
        "",
        f"from {_PACKAGE}.async_transport import AsyncTransport",
        f"from {_PACKAGE}.connection import ADDRESS_HINT, DEFAULT_RETRIES, DEFAULT_SERVER, DEFAULT_TIMEOUT_SECONDS",
        f"from {_PACKAGE}.connection import Connection",
        f"from {_PACKAGE}.transport import Transport",
        *imports,
        "",
        "",
        *_client_class("", resources),
        "",
        "",
        *_client_class("async ", resources),
        "",
    ]
    return "\n".join(lines)


def _client_class(word: str, resources: Sequence[str]) -> list[str]:
    prefix = "Async" if word else ""
    how = "while others work" if word else "one call at a time"
    base = "AsyncBase" if word else "Base"
    return [
        f"class {prefix}Client:",
        f'    """Calls a platform, {how}.',
        "",
        "    What it refuses is raised as `TextNLPError`, with the kind and the facts that the platform tells of; one",
        "    that cannot be reached raises `UNAVAILABLE`, a `base_url` that is no address `INVALID_INPUT`. Calls that",
        "    cannot do harm twice are made again where they failed for a reason that passes.",
        "",
        "    Attributes:",
        *(f"        {resource}: {_title(resource)}." for resource in resources),
        '    """',
        "",
        "    def __init__(",
        "        self,",
        "        base_url: str = DEFAULT_SERVER,",
        "        *,",
        "        token: str | None = None,",
        "        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,",
        "        retries: int = DEFAULT_RETRIES,",
        f"        http_transport: httpx.{base}Transport | None = None,",
        "        address_hint: str = ADDRESS_HINT,",
        "    ) -> None:",
        "        connection = Connection(",
        "            server=base_url,",
        "            token=token,",
        "            timeout_seconds=timeout_seconds,",
        "            retries=retries,",
        "            address_hint=address_hint,",
        "        )",
        f"        self._http = httpx.{prefix}Client(**connection.options(), transport=http_transport)",
        f"        transport = {prefix}Transport(self._http, connection)",
        *(f"        self.{resource} = {prefix}{class_name(resource)}(transport)" for resource in resources),
        "",
        *_closing(prefix, word),
    ]


def _closing(prefix: str, word: str) -> list[str]:
    waited, closed, dunder = ("await ", "aclose", "a") if prefix else ("", "close", "")
    return [
        f"    {word}def close(self) -> None:",
        '        """Let go of the connections."""',
        f"        {waited}self._http.{closed}()",
        "",
        f"    {word}def __{dunder}enter__(self) -> Self:",
        "        return self",
        "",
        f"    {word}def __{dunder}exit__(",
        "        self,",
        "        kind: type[BaseException] | None,",
        "        exc: BaseException | None,",
        "        traceback: TracebackType | None,",
        "    ) -> None:",
        f"        {waited}self.close()",
    ]
