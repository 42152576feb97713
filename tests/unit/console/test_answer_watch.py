from tests.doubles.clock import ManualClock
from textnlp.console.answer_watch import AnswerWatch
from textnlp.domain.generation.model import CompletionChunk, FinishReason, Usage


async def test_the_time_to_the_first_token_and_the_pace_after_it_are_measured() -> None:
    clock = ManualClock()
    watch = AnswerWatch(asked="alias", clock=clock)
    await clock.advance(0.5)
    watch.see(CompletionChunk(text="Boils", model="m-1", deployment="east"))
    await clock.advance(2)
    watch.see(CompletionChunk(text=" fast.", model="m-1"))
    watch.see(CompletionChunk(finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=7, completion_tokens=11)))

    assert (watch.text, watch.model, watch.deployment) == ("Boils fast.", "m-1", "east")
    assert (watch.first_seconds, watch.total_seconds, watch.finish_reason) == (0.5, 2.5, FinishReason.STOP)
    assert watch.tokens_per_second == 5.0


async def test_an_answer_in_one_piece_has_the_pace_of_the_whole_call() -> None:
    clock = ManualClock()
    watch = AnswerWatch(asked="m-1", clock=clock)
    await clock.advance(2)
    watch.see(CompletionChunk(text="{}", finish_reason=FinishReason.STOP, usage=Usage(completion_tokens=10)))
    assert watch.tokens_per_second == 5.0


def test_without_usage_no_pace_is_told() -> None:
    watch = AnswerWatch(asked="m-1", clock=ManualClock())
    watch.see(CompletionChunk(text="Hi", finish_reason=FinishReason.STOP))
    assert watch.tokens_per_second is None
