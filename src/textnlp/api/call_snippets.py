"""One call of a route, as it is typed: with curl, and in Python."""

import shlex
from pprint import pformat
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

_JSON = "application/json"
_URL_ENCODED = "application/x-www-form-urlencoded"
_FORM = "multipart/form-data"
_CHAT = "/v1/chat/completions"
_SERVER = "$TEXTNLP_SERVER"
_TOKEN = "Authorization: Bearer $TEXTNLP_TOKEN"  # noqa: S105  the name of a variable
_WIDTH = 76


def curl_call(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return a call for the shell; address and token come from `TEXTNLP_SERVER` and `TEXTNLP_TOKEN`."""
    words = ["curl"]
    if method in {"DELETE", "PATCH", "PUT"} or (method == "POST" and "requestBody" not in operation):
        words.append(f"-X {method}")
    lines = [" ".join([*words, f'"{_SERVER}{_filled(path, operation)}"'])]
    if "security" in operation:
        lines.append(f'-H "{_TOKEN}"')
    content = operation.get("requestBody", {}).get("content", {})
    if _FORM in content:
        lines.append("-F file=@reviews.csv")
        fields = {name: value for name, value in content[_FORM]["example"].items() if name not in {"file", "name"}}
        lines += [f"-F {shlex.quote(f'{name}={value}')}" for name, value in fields.items()]
    elif _URL_ENCODED in content:
        fields = content[_URL_ENCODED]["example"]
        lines += [f"-d {shlex.quote(f'{name}={value}')}" for name, value in fields.items()]
    elif content:
        body = msgspec.json.format(msgspec.json.encode(content[_JSON]["example"]), indent=2).decode()
        lines += [f'-H "Content-Type: {_JSON}"', f"-d {shlex.quote(body)}"]
    return " \\\n  ".join(lines)


def python_call(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return the same call in Python: with OpenAI's client where that is for it, else with `requests`."""
    content = operation.get("requestBody", {}).get("content", {})
    if path == _CHAT:
        return _with_openai(content[_JSON]["example"])
    arguments = [f'os.environ["TEXTNLP_SERVER"] + {_filled(path, operation)!r}']
    if "security" in operation:
        arguments.append('headers={"Authorization": "Bearer " + os.environ["TEXTNLP_TOKEN"]}')
    if _FORM in content:
        fields = {name: value for name, value in content[_FORM]["example"].items() if name not in {"file", "name"}}
        arguments += ['files={"file": open("reviews.csv", "rb")}', f"data={_literal(fields)}"]
    elif _URL_ENCODED in content:
        arguments.append(f"data={_literal(content[_URL_ENCODED]['example'])}")
    elif content:
        arguments.append(f"json={_literal(content[_JSON]['example'])}")
    call = "".join(f"    {argument},\n" for argument in arguments)
    shown = "answer.status_code" if method == "DELETE" else "answer.text"
    return f"import os\n\nimport requests\n\nanswer = requests.{method.lower()}(\n{call})\nprint({shown})"


def _with_openai(example: dict[str, Any]) -> str:
    arguments = "".join(f"    {name}={_literal(value)},\n" for name, value in example.items())
    return (
        "import os\n\nfrom openai import OpenAI\n\n"
        'client = OpenAI(base_url=os.environ["TEXTNLP_SERVER"] + "/v1", api_key=os.environ["TEXTNLP_TOKEN"])\n'
        f"answer = client.chat.completions.create(\n{arguments})\nprint(answer.choices[0].message.content)"
    )


def _filled(path: str, operation: dict[str, Any]) -> str:
    """Return the path with examples in it, and with the required part of a query."""
    query: dict[str, Any] = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(parameter["example"]), safe=""))
        elif "requestBody" not in operation and not isinstance(parameter.get("example", []), list):
            query[parameter["name"]] = parameter["example"]
    return f"{path}?{urlencode(query)}" if query else path


def _literal(value: Any) -> str:
    """Return a value in Python, indented as an argument is."""
    return pformat(value, width=_WIDTH, sort_dicts=False).replace("\n", "\n         ")
