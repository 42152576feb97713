"""What may be asked of which engine."""

from msgspec import UNSET

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import EngineCapabilities, GenerationRequest


def require_capable(request: GenerationRequest, capabilities: EngineCapabilities) -> None:
    """Return when an engine of these capabilities can do all that is asked.

    Raises `INVALID_INPUT` naming the field and the model otherwise, so that nothing is ignored silently. A schema is
    not looked at: callers see to it where the engine does not.
    """
    if not capabilities.calls_tools:
        if request.tools or request.tool_choice is not None:
            raise _cannot(request, "call tools", field="tools" if request.tools else "tool_choice")
        for place, message in enumerate(request.messages):
            if message.tool_calls is not UNSET or message.tool_call_id is not UNSET:
                raise _cannot(request, "continue a conversation that called tools", field=f"messages[{place}]")
    if (request.logprobs or request.top_logprobs is not None) and not capabilities.reports_logprobs:
        field = "logprobs" if request.logprobs else "top_logprobs"
        raise _cannot(request, "tell log probabilities", field=field)


def _cannot(request: GenerationRequest, what: str, *, field: str) -> TextNLPError:
    return TextNLPError(
        f"The model {request.model!r} cannot {what}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=f"Leave {field} out, or ask a model that can.", field=field),
    )
