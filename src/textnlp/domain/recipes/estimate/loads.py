"""Calls and tokens of one column for one row."""

from dataclasses import dataclass

from textnlp.domain.recipes.estimate.band import Size

MESSAGE_TOKENS = 4
"""What a chat format adds to a message (OpenAI cookbook, "How to count tokens with tiktoken")."""

REPAIR_TOKENS = 40
_CALL_TOKENS = 15
_FAULT_SHARES = {
    "code": (0.0, 0.15, 0.5),
    "structured": (0.0, 0.05, 0.3),
    "judge": (0.0, 0.03, 0.2),
    "pairwise": (0.0, 0.02, 0.15),
    "rank": (0.0, 0.1, 0.4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one row asks of a model for one column: calls and, over all of them, tokens."""

    calls: float
    prompt_tokens: float
    completion_tokens: float

    def times(self, count: int) -> "Load":
        """Return the load of so many such questions."""
        return Load(
            calls=count * self.calls,
            prompt_tokens=count * self.prompt_tokens,
            completion_tokens=count * self.completion_tokens,
        )


def prompted_load(kind: str, *, prompt: float, completion: float, attempts: int, size: Size) -> Load:
    """Return the load of one prompt that is asked again while the answer has a fault.

    With a share `f` of faults and `n` attempts at most, it is asked `(1 - f^n) / (1 - f)` times in the mean. Each
    time after the first, the answer before and what is wrong with it go along.
    """
    fault = _FAULT_SHARES.get(kind, (0.0, 0.0, 0.0))[size]
    calls = (1 - fault**attempts) / (1 - fault)
    return Load(
        calls=calls,
        prompt_tokens=calls * prompt + (calls - 1) * (completion + REPAIR_TOKENS),
        completion_tokens=calls * completion,
    )


def speaker_loads(
    *, systems: tuple[float, float], messages: tuple[float, float], opening: float | None, turns: int
) -> tuple[Load, Load]:
    """Return the loads of a conversation's two sides, the user's and the assistant's.

    Each call takes along all messages before it, so that tokens grow with the square of the turns.

    Args:
        systems: tokens of the system prompts of user and assistant.
        messages: tokens of a message of each.
        opening: tokens of the first message where it is not written by the model.
        turns: exchanges.
    """
    user, assistant = messages
    written = turns if opening is None else turns - 1
    earlier_turns = turns * (turns - 1) / 2
    first = 0.0 if opening is None else opening - user
    pair = user + assistant + 2 * MESSAGE_TOKENS
    user_prompts = written * (systems[0] + MESSAGE_TOKENS) + earlier_turns * pair + first * (turns - 1)
    assistant_prompts = turns * (systems[1] + user + 2 * MESSAGE_TOKENS) + earlier_turns * pair + first * turns
    return (
        Load(calls=written, prompt_tokens=max(0.0, user_prompts), completion_tokens=written * user),
        Load(calls=turns, prompt_tokens=max(0.0, assistant_prompts), completion_tokens=turns * assistant),
    )


def tool_load(*, prompt: float, arguments: float, answer: float, rounds: int, is_simulated: bool) -> Load:
    """Return the load of a trace of tool calls.

    Without simulation that is the one call that names the tools to be called. With it, each round is a call of the
    model and one of the model that stands in for the tool, and a last call gives the answer.

    Args:
        prompt: tokens of prompt, system prompt and tools.
        arguments: tokens of the arguments of one call.
        answer: tokens of what a tool returns, and of the last answer.
        rounds: rounds of calls.
        is_simulated: whether a model stands in for the tools.
    """
    call = arguments + _CALL_TOKENS
    if not is_simulated:
        return Load(calls=1, prompt_tokens=prompt, completion_tokens=call)
    one_round = call + answer + 2 * MESSAGE_TOKENS
    asked = (rounds + 1) * prompt + rounds * (rounds + 1) / 2 * one_round
    stood_in = rounds * (prompt / 2 + call)
    return Load(
        calls=2 * rounds + 1,
        prompt_tokens=asked + stood_in,
        completion_tokens=rounds * (call + answer) + answer,
    )
