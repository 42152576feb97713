from tests.unit.application.cells.made_cell import contents, made_cell
from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import Completion, FinishReason


async def test_a_text_is_what_the_model_answers_to_prompt_and_system_prompt() -> None:
    column = {"kind": "text", "prompt": "Review a {{ product }}.", "system": "You own a {{ product }}."}

    cell = await made_cell(column, "It shines.", row={"product": "lamp"})

    assert cell.value == "It shines."
    assert contents(cell) == [("system", "You own a lamp."), ("user", "Review a lamp.")]


async def test_a_prefill_begins_the_answer_and_the_text() -> None:
    column = {"kind": "text", "prompt": "Review.", "prefill": "The {{ product }}"}

    cell = await made_cell(column, " shines.", row={"product": "lamp"})

    assert cell.value == "The lamp shines."
    assert contents(cell)[-1] == ("assistant", "The lamp")


async def test_a_text_that_was_cut_is_kept_only_where_the_column_allows_it() -> None:
    cut = Completion(text="It shi", model="m", finish_reason=FinishReason.LENGTH)
    column = {"kind": "text", "prompt": "Review."}

    refused = await made_cell(column, cut)
    kept = await made_cell({**column, "allow_truncated": True}, cut)

    assert refused.error is not None
    assert refused.error.kind is ErrorKind.TRUNCATED
    assert refused.record.calls == 1
    assert kept.value == "It shi"


async def test_a_structured_value_satisfies_its_schema() -> None:
    schema = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}

    cell = await made_cell({"kind": "structured", "prompt": "Rate.", "schema": schema}, '{"stars": 4}')

    assert cell.value == {"stars": 4}


CODE = {"kind": "code", "prompt": "Add.", "language": "python"}


async def test_a_program_is_taken_out_of_its_fence() -> None:
    cell = await made_cell(CODE, "Here:\n```python\nprint(1 + 1)\n```\nDone.")

    assert cell.value.strip() == "print(1 + 1)"


async def test_a_program_with_an_error_is_sent_back_with_the_error() -> None:
    cell = await made_cell(CODE, "```python\nprint(1 +\n```", "```python\nprint(2)\n```")

    assert cell.value.strip() == "print(2)"
    assert cell.record.calls == 2
    role, told = contents(cell)[-1]
    assert role == "user"
    assert "cannot be used" in told


async def test_a_program_that_stays_wrong_is_refused_with_its_fault() -> None:
    cell = await made_cell(CODE, "print(1 +", "print(1 +")

    assert cell.error is not None
    assert cell.error.kind is ErrorKind.SCHEMA_MISMATCH
    assert "in 2 attempts" in cell.error.message
