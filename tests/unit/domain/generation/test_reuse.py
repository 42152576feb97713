from textnlp.domain.generation.model import Completion, FinishReason, Usage
from textnlp.domain.generation.reuse import CacheFigures, is_whole


def test_only_answers_that_ended_by_themselves_are_whole() -> None:
    whole = [each for each in FinishReason if is_whole(Completion(text="", model="m", finish_reason=each))]
    assert whole == [FinishReason.STOP, FinishReason.TOOL_CALLS]


def test_the_figures_of_two_engines_add_up() -> None:
    one = CacheFigures(hits=1, misses=2, kept=3, reused_usage=Usage(prompt_tokens=4), away=5)
    two = CacheFigures(hits=10, misses=20, kept=30, reused_usage=Usage(prompt_tokens=40), away=50)
    assert one.plus(two) == CacheFigures(hits=11, misses=22, kept=33, reused_usage=Usage(prompt_tokens=44), away=55)
