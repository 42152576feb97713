"""Policy expressions: the closed list of C# that the policies hold.

An expression runs inside the gateway, where no test of ours can step. So there are few, each is made here and nowhere
else, and `is_known` tells them from any other. The names are those of the `context` variable that Microsoft documents
under "API Management policy expressions".
"""

import re
from collections.abc import Iterable

REQUEST_ID = "request-id"
TOKEN = "token"  # noqa: S105  a variable's name
CALLER = "caller"
IS_GRANTED = "is-granted"
MISSING_GRANT = "missing-grant"
RETRY_AFTER = "retry-after"
"""Names of the variables of a call."""

_REQUEST_HEADER = 'context.Request.Headers.GetValueOrDefault("{}", "{}")'
_CLAIMS = f'((Jwt)context.Variables["{TOKEN}"])'
_SANE_ID = "^[A-Za-z0-9._:-]{1,128}$"
_API_KEY = (
    'context.Request.Headers.GetValueOrDefault("api-key", context.Request.Headers.GetValueOrDefault("x-api-key", ""))'
)


def expression(source: str) -> str:
    """Return C# as it stands in a policy."""
    return f"@({source})"


def text(value: str) -> str:
    """Return a C# literal; raise `ValueError` for a text that would need escaping."""
    if '"' in value or "\\" in value or not value.isprintable():
        raise ValueError(f"{value!r} cannot stand in a policy expression; write it without quotes and backslashes")
    return f'"{value}"'


def variable(name: str) -> str:
    """Return the text that a variable of the call holds."""
    return f"(string)context.Variables[{text(name)}]"


def _array(values: Iterable[str]) -> str:
    return f"new [] {{ {', '.join(map(text, values))} }}"


def _claim(name: str, default: str) -> str:
    return f"{_CLAIMS}.Claims.GetValueOrDefault({text(name)}, {default})"


def request_id() -> str:
    """The id that the request brings where it is short and plain, else the gateway's own."""
    brought = _REQUEST_HEADER.format("X-Request-Id", "")
    return f"Regex.IsMatch({brought}, {text(_SANE_ID)}) ? {brought} : context.RequestId.ToString()"


def brings_only_a_key_header() -> str:
    """Whether the credential stands in a header that clients of Azure OpenAI send, and not where tokens do."""
    return f'!context.Request.Headers.ContainsKey("Authorization") && {_API_KEY} != ""'


def key_header_as_bearer() -> str:
    """The credential of such a header as `Authorization` holds it."""
    return f'"Bearer " + {_API_KEY}'


def caller() -> str:
    """What calls are counted by: the client where the token names one, else the person."""
    subject = f"{_CLAIMS}.Subject ?? {_claim('oid', text(''))}"
    found = f"({subject})"
    for name in ("client_id", "appid", "azp"):
        found = _claim(name, found)
    return found


def names_nobody() -> str:
    """Whether the token says nothing of whom it is for."""
    return f'{variable(CALLER)} == ""'


def is_operation(ids: Iterable[str]) -> str:
    """Whether the call is one of these operations."""
    return f"{_array(ids)}.Contains(context.Operation.Id)"


def is_api(names: Iterable[str]) -> str:
    """Whether the call is to one of these APIs; false where no API has its path."""
    return f"{_array(names)}.Contains(context.Api?.Id)"


def grants(*, scopes: Iterable[str], roles: Iterable[str]) -> str:
    """Whether the token holds one of these scopes or one of these roles; an empty list is held by none."""
    held = [
        f"{_claim(claim, text(''))}.Split('{separator}').Intersect({_array(values)}).Any()"
        for claim, separator, values in (("scp", " ", tuple(scopes)), ("roles", ",", tuple(roles)))
        if values
    ]
    return " || ".join(held)


def is_not_granted() -> str:
    """Whether no branch before found the operation granted."""
    return f'!(bool)context.Variables["{IS_GRANTED}"]'


def is_larger_than(size_bytes: int) -> str:
    """Whether the request announces a longer body."""
    return f"long.Parse({_REQUEST_HEADER.format('Content-Length', '0')}) > {size_bytes}"


def is_at_most(size_bytes: int) -> str:
    """Whether the request announces no longer body."""
    return f"long.Parse({_REQUEST_HEADER.format('Content-Length', '0')}) <= {size_bytes}"


def asks_for(header: str) -> str:
    """Whether the request has a header with the value `allow`."""
    return f'{_REQUEST_HEADER.format(header, "")} == "allow"'


def path() -> str:
    """The path that was asked for."""
    return "context.Request.OriginalUrl.Path"


def model_of_body() -> str:
    """The model that the body of a completion names."""
    return '(string)context.Request.Body.As<JObject>(true)["model"]'


def failed_in(source: str, *, reason: str | None = None) -> str:
    """Whether the call failed in this policy or step, for this reason where one is given."""
    failed = f"context.LastError.Source == {text(source)}"
    return failed if reason is None else f"{failed} && context.LastError.Reason == {text(reason)}"


def failed_for(reason: str) -> str:
    """Whether the call failed for this reason, wherever."""
    return f"context.LastError.Reason == {text(reason)}"


def failure_message() -> str:
    """What the gateway says about the failure."""
    return "context.LastError.Message"


def wait() -> str:
    """Seconds that a used-up limit told to wait, as text; only where the policy of that limit failed."""
    return f'context.Variables["{RETRY_AFTER}"].ToString()'


def wait_of_response() -> str:
    """Seconds that the response to a used-up quota tells to wait, as text."""
    return 'context.Response.Headers.GetValueOrDefault("Retry-After", "1")'


def json_object(members: Iterable[tuple[str, str]]) -> str:
    """A JSON object of members, each with its value in C#."""
    properties = ", ".join(f"new JProperty({text(name)}, {value})" for name, value in members)
    return f"new JObject({properties})"


_TEXT = r'"[^"\\]*"'
_TEXTS = rf"new \[\] \{{ {_TEXT}(?:, {_TEXT})* \}}"
_CLAIM_TEXT = re.escape(f"{_CLAIMS}.Claims.GetValueOrDefault(")
_HELD = rf"""{_CLAIM_TEXT}"(?:scp|roles)", ""\)\.Split\('[ ,]'\)\.Intersect\({_TEXTS}\)\.Any\(\)"""
_VARIABLE = rf"\(string\)context\.Variables\[{_TEXT}\]"
_VALUE = "|".join(
    (
        rf"{_TEXT}(?: \+ (?:{_VARIABLE}|{re.escape(path())}) \+ {_TEXT}(?: \+ {_VARIABLE} \+ {_TEXT})?)?",
        _VARIABLE,
        re.escape(failure_message()),
        r"\d+",
        r"\(object\)null",
        rf"int\.Parse\({re.escape(wait())}\)",
    )
)
_MEMBER = rf"new JProperty\({_TEXT}, (?:{_VALUE})\)"
_OBJECT = rf"new JObject\({_MEMBER}(?:, {_MEMBER})*\)"
_NESTED = rf"new JObject\(new JProperty\({_TEXT}, {_OBJECT}\)\)"
_KNOWN = re.compile(
    "|".join(
        (
            *map(
                re.escape,
                (
                    request_id(),
                    brings_only_a_key_header(),
                    key_header_as_bearer(),
                    caller(),
                    names_nobody(),
                    is_not_granted(),
                    path(),
                    model_of_body(),
                    wait(),
                    wait_of_response(),
                    "false",
                ),
            ),
            _VARIABLE,
            rf"{_TEXTS}\.Contains\(context\.(?:Operation\.|Api\?\.)Id\)",
            rf"{_HELD}(?: \|\| {_HELD})?",
            rf"long\.Parse\({re.escape(_REQUEST_HEADER.format('Content-Length', '0'))}\) (?:>|<=) \d+",
            r'context\.Request\.Headers\.GetValueOrDefault\("[A-Za-z-]+", ""\) == "allow"',
            rf"context\.LastError\.(?:Source|Reason) == {_TEXT}(?: && context\.LastError\.Reason == {_TEXT})?",
            rf"(?:{_OBJECT}|{_NESTED})\.ToString\(\)",
        )
    )
)


def is_known(value: str) -> bool:
    """Whether an attribute or a text of a policy is no expression, or one of those that this module makes."""
    if not value.startswith("@"):
        return True
    return value.startswith("@(") and value.endswith(")") and _KNOWN.fullmatch(value[2:-1]) is not None
