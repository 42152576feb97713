from typing import Any

from tests.unit.application.cells.judged_cells import Bench
from tests.unit.application.cells.made_cell import contents, made_cell
from textnlp.domain.errors import ErrorKind

TALK: dict[str, Any] = {
    "kind": "conversation",
    "user": {"system": "You lost your {{ thing }}."},
    "assistant": {"system": "You help."},
    "max_turns": 2,
}


async def test_a_conversation_alternates_and_ends_with_an_answer_at_its_cap() -> None:
    cell = await made_cell(TALK, "Where is it?", "Where were you?", "At home.", "Look there.", row={"thing": "key"})

    assert [(turn["role"], turn["content"]) for turn in cell.value] == [
        ("system", "You help."),
        ("user", "Where is it?"),
        ("assistant", "Where were you?"),
        ("user", "At home."),
        ("assistant", "Look there."),
    ]
    assert cell.record.calls == 4


async def test_each_side_sees_the_other_as_its_user() -> None:
    cell = await made_cell(TALK, "Where is it?", "Where were you?", "At home.", "Look there.", row={"thing": "key"})

    assert contents(cell) == [
        ("system", "You help."),
        ("user", "Where is it?"),
        ("assistant", "Where were you?"),
        ("user", "At home."),
    ]


async def test_an_opening_is_said_without_asking() -> None:
    column = {**TALK, "opening": "My {{ thing }} is gone.", "max_turns": 1, "drop_system": True}

    cell = await made_cell(column, "Where were you?", row={"thing": "key"})

    assert [turn["content"] for turn in cell.value] == ["My key is gone.", "Where were you?"]
    assert cell.record.calls == 1


async def test_a_stop_text_ends_the_conversation_and_is_no_part_of_it() -> None:
    column = {**TALK, "max_turns": 9, "stop": ["BYE"]}

    cell = await made_cell(column, "Where is it?", "Where were you?", "Found it. BYE", row={"thing": "key"})

    assert [turn["content"] for turn in cell.value[1:]] == ["Where is it?", "Where were you?"]


async def test_an_empty_beginning_is_an_error() -> None:
    cell = await made_cell(TALK, "  ", row={"thing": "key"})

    assert cell.error is not None
    assert cell.error.kind is ErrorKind.BAD_RESPONSE


async def test_each_side_is_paid_under_its_own_model() -> None:
    column = {
        "kind": "conversation",
        "user": {"system": "You lost a {{ thing }}.", "model": "x"},
        "assistant": {"system": "You help.", "model": "y"},
        "max_turns": 2,
    }

    cell = await Bench({"x": ["Where is it?", "At home."]}).make(column, {"thing": "key"})

    assert [(use.model, use.calls) for use in cell.record.uses] == [("x", 2), ("y", 2)]
    assert cell.record.calls == 4
