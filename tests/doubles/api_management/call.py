"""One call on its way through the gateway, as expressions see it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.api_management.csharp import CSharpError, JObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller sends; names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """What a caller gets; names of headers are in small letters.

    Attributes:
        has_reached: the service was asked.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    has_reached: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """An object of which expressions see these members."""

    members: Mapping[str, Any]

    def cs_member(self, name: str) -> Any:
        if name not in self.members:
            raise CSharpError(f"there is no member {name}")
        return self.members[name]


@dataclass(slots=True)
class PolicyError(Exception):
    """A policy failed; its status and headers are those of the response that would be sent."""

    source: str
    reason: str
    message: str
    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class ReturnedError(Exception):
    """`return-response` ends the pipeline."""

    response: Response


@dataclass(slots=True)
class Call:
    """The state of one call."""

    request: Request
    headers: dict[str, str]
    api_name: str | None = None
    operation_id: str | None = None
    backend_id: str | None = None
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    response: Response | None = None
    failure: PolicyError | None = None

    def scope(self) -> Mapping[str, Any]:
        """Return the names that expressions know."""
        parse = Members({"Parse": int})
        return {
            "context": Members(
                {
                    "Request": self._request(),
                    "Response": None if self.response is None else Members({"Headers": headers(self.response.headers)}),
                    "Variables": self.variables,
                    "RequestId": "00000000-0000-0000-0000-000000000000",
                    "Operation": None if self.operation_id is None else Members({"Id": self.operation_id}),
                    "Api": None if self.api_name is None else Members({"Id": self.api_name}),
                    "LastError": self._failure(),
                }
            ),
            "Regex": Members({"IsMatch": lambda text, pattern: re.search(pattern, text) is not None}),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
            "int": parse,
            "long": parse,
        }

    def _request(self) -> Members:
        body = Members({"As": lambda _: JObject(json.loads(self.request.body))})  # pyright: ignore[reportUnknownLambdaType]
        url = Members({"Path": self.request.path})
        return Members({"Headers": headers(self.headers), "OriginalUrl": url, "Body": body})

    def _failure(self) -> Members | None:
        if self.failure is None:
            return None
        told = {"Source": self.failure.source, "Reason": self.failure.reason, "Message": self.failure.message}
        return Members(told)


def headers(values: Mapping[str, str]) -> Members:
    """Return headers, whose names are found in any case."""

    def found(name: str, default: str) -> str:
        return values.get(name.lower(), default)

    return Members({"ContainsKey": lambda name: name.lower() in values, "GetValueOrDefault": found})  # pyright: ignore[reportUnknownLambdaType, reportUnknownMemberType]


def token(claims: Mapping[str, Any]) -> Members:
    """Return a verified token: claims that are lists are read joined by commas."""

    def found(name: str, default: str) -> str:
        value = claims.get(name)
        if value is None:
            return default
        return ",".join(value) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    return Members({"Subject": claims.get("sub"), "Claims": Members({"GetValueOrDefault": found})})
