"""What an endpoint can do, where endpoints of the same wire format differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.azure_hosts import is_azure_openai


class TokenLimitField(StrEnum):
    """The request field that holds the most completion tokens."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointProfile:
    """What can be asked of an endpoint.

    Attributes:
        constrains_to_schema: takes `response_format` with a JSON Schema and keeps to it.
        token_limit_field: where the most completion tokens go.
        takes_seed: knows the field `seed`; a server that does not may refuse the whole request.
        reports_stream_usage: knows `stream_options.include_usage`.
        calls_tools: knows `tools`; whether the model can use them, the endpoint says itself.
        reports_logprobs: knows `logprobs`.
    """

    constrains_to_schema: bool = False
    token_limit_field: TokenLimitField = TokenLimitField.MAX_TOKENS
    takes_seed: bool = True
    reports_stream_usage: bool = True
    calls_tools: bool = True
    reports_logprobs: bool = True


GENERIC = EndpointProfile()
"""What every compatible server can be asked."""

OPENAI = EndpointProfile(
    constrains_to_schema=True,
    token_limit_field=TokenLimitField.MAX_COMPLETION_TOKENS,
)

PROFILES: Mapping[str, EndpointProfile] = MappingProxyType(
    {
        "generic": GENERIC,
        "llama_cpp": EndpointProfile(constrains_to_schema=True),
        "ollama": EndpointProfile(constrains_to_schema=True),
        "openai": OPENAI,
        "vllm": EndpointProfile(constrains_to_schema=True),
    },
)
"""The known kinds of server by name."""

_KNOWN_HOSTS: Mapping[str, EndpointProfile] = MappingProxyType({"api.openai.com": OPENAI})


def profile_of(address: EndpointAddress) -> EndpointProfile:
    """Return the profile of a known public host, else what every server can be asked."""
    host = address.completions.host
    return OPENAI if is_azure_openai(host) else _KNOWN_HOSTS.get(host or "", GENERIC)


def can_be_strict(schema: object) -> bool:
    """Whether OpenAI accepts `schema` as strict: objects that list every property as required and allow no other.

    Source: platform.openai.com/docs/guides/structured-outputs, "Supported schemas".
    """
    if isinstance(schema, Mapping):
        fields = cast("Mapping[str, Any]", schema)
        return _is_closed(fields) and all(can_be_strict(part) for part in fields.values())
    if isinstance(schema, list | tuple):
        return all(can_be_strict(part) for part in cast("Sequence[Any]", schema))
    return True


def _is_closed(schema: Mapping[str, Any]) -> bool:
    if schema.get("type") != "object" and not isinstance(schema.get("properties"), Mapping):
        return True
    names = set(schema.get("properties", ()))
    return schema.get("additionalProperties") is False and names == set(schema.get("required", ()))
