"""Get an answer that satisfies a JSON Schema from any engine."""

import dataclasses
from dataclasses import dataclass

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.filter_verdict import FilterVerdict
from textnlp.domain.generation.model import NO_USAGE, Completion, FinishReason, GenerationRequest
from textnlp.domain.generation.structured import (
    Mismatch,
    OutputSchema,
    ask_for_repair,
    ask_in_prompt,
    output_schema,
    reseed,
)
from textnlp.ports.text_engine import TextEngine


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """Why an attempt brought no answer that can be used; `answer` is what may be repaired."""

    kind: ErrorKind
    message: str
    mismatch: Mismatch | None = None
    answer: str = ""
    verdicts: tuple[FilterVerdict, ...] = ()


async def generate_structured(engine: TextEngine, request: GenerationRequest, *, max_attempts: int = 3) -> Completion:
    """Return a completion whose text is compact JSON that satisfies `request.response_schema`.

    The engine constrains the answer where it can, else the schema goes into the prompt; the answer is validated
    either way, and coerced where that is safe. An answer of the wrong form is sent back once with what is wrong with
    it; after that, and after an answer that was cut off, the question is asked anew with another seed. With a seed in
    the request and an engine that is deterministic, so is the outcome. `usage` and `attempts` of the completion sum
    up all calls. An answer that calls one of the request's tools is returned as it is, for it is no answer yet.

    Raises `INVALID_INPUT` when there is no schema or it is none, `TRUNCATED` when the last of `max_attempts` answers
    was cut at the token limit, `CONTENT_FILTERED` when one was cut by a filter, `SCHEMA_MISMATCH` with path and
    reason otherwise, and what the engine raises; `facts.attempts` counts all calls.
    """
    if request.response_schema is None:
        raise invalid_input("A structured answer needs a response schema.", field="response_schema")
    schema = output_schema(request.response_schema)
    asked = request if engine.capabilities.constrains_to_schema else ask_in_prompt(request, schema)
    usage, calls = NO_USAGE, 0
    shortfall: _Shortfall | None = None
    for attempt in range(max_attempts):
        question, is_repair = _next_question(asked, shortfall, attempt=attempt)
        try:
            completion = await engine.generate(question)
        except TextNLPError as error:
            calls += error.facts.attempts
            if is_repair and error.kind is ErrorKind.CONTEXT_EXCEEDED:
                shortfall = dataclasses.replace(shortfall, answer="") if shortfall else None
                continue
            raise _with_attempts(error, calls) from error
        usage, calls = usage.plus(completion.usage), calls + completion.attempts
        judged = completion.text if request.tools and completion.tool_calls else _judge(completion, schema)
        if isinstance(judged, str):
            return dataclasses.replace(completion, text=judged, usage=usage, attempts=calls)
        shortfall = dataclasses.replace(judged, answer="") if is_repair else judged
        if shortfall.kind is ErrorKind.CONTENT_FILTERED:
            break
    raise _refusal(shortfall, request, calls=calls)


def _next_question(
    asked: GenerationRequest,
    shortfall: _Shortfall | None,
    *,
    attempt: int,
) -> tuple[GenerationRequest, bool]:
    """Return what to ask next, and whether it is about the last answer."""
    reseeded = dataclasses.replace(asked, parameters=reseed(asked.parameters, attempt=attempt)) if attempt else asked
    if shortfall is None or shortfall.mismatch is None or not shortfall.answer:
        return reseeded, False
    return ask_for_repair(reseeded, answer=shortfall.answer, mismatch=shortfall.mismatch), True


def _judge(completion: Completion, schema: OutputSchema) -> str | _Shortfall:
    match completion.finish_reason:
        case FinishReason.LENGTH:
            return _Shortfall(ErrorKind.TRUNCATED, "The answer was cut off at the token limit.")
        case FinishReason.CONTENT_FILTER:
            message = "The answer was cut off by the provider's content filter."
            return _Shortfall(ErrorKind.CONTENT_FILTERED, message, verdicts=completion.verdicts)
        case _:
            read = schema.read(completion.text)
            if isinstance(read, str):
                return read
            message = f"The answer does not satisfy the schema: {read.message}."
            return _Shortfall(ErrorKind.SCHEMA_MISMATCH, message, read, completion.text)


def _refusal(shortfall: _Shortfall | None, request: GenerationRequest, *, calls: int) -> TextNLPError:
    if shortfall is None:
        return invalid_input("At least one attempt must be allowed.", field="max_attempts")
    hint = None
    if shortfall.kind is ErrorKind.TRUNCATED:
        limit = request.parameters.max_tokens
        given = "" if limit is None else f" above {limit}"
        hint = f"Raise max_tokens{given}, or bound the lengths in the schema."
    field = shortfall.mismatch.path or None if shortfall.mismatch else None
    facts = ErrorFacts(hint=hint, field=field, attempts=calls, verdicts=shortfall.verdicts)
    return TextNLPError(shortfall.message, kind=shortfall.kind, facts=facts)


def _with_attempts(error: TextNLPError, calls: int) -> TextNLPError:
    return TextNLPError(error.message, kind=error.kind, facts=dataclasses.replace(error.facts, attempts=calls))
