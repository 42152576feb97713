"""Columns that a model writes."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from textnlp.domain.part import PART_CONFIG, JsonSchema, Name, Part, Template

Attempts = Annotated[int, Field(ge=1, le=10)]


class PromptColumn(BaseModel):
    """A column that asks a model with one prompt."""

    model_config = PART_CONFIG

    model: Name | None = None
    """The alias that is asked; the recipe's first model where left out."""
    when: str | None = None
    """A condition over other columns; where it does not hold, nothing is asked and the value is null."""
    drop: bool = False
    """Leave the column out of the dataset; other columns may still refer to it."""

    prompt: Template | None = None
    """What is asked."""
    template: str | None = None
    """In place of a prompt: a stored template, `name@version`."""
    system: Template | None = None
    """The system prompt."""

    @model_validator(mode="after")
    def _is_asked(self) -> Self:
        if (self.prompt is None) == (self.template is None):
            raise ValueError("give either prompt or template")
        return self


class TextColumn(PromptColumn):
    """A text."""

    kind: Literal["text"]
    prefill: Template | None = None
    """How the answer begins; for models that go on with an assistant's turn."""
    allow_truncated: bool = False
    """Keep an answer that was cut off at the token limit, instead of rejecting its row."""


class StructuredColumn(PromptColumn):
    """A JSON value that satisfies a schema."""

    kind: Literal["structured"]
    json_schema: JsonSchema = Field(alias="schema")
    """The schema."""


class CodeColumn(PromptColumn):
    """A program, taken out of its fence and checked for syntax."""

    kind: Literal["code"]
    language: Literal["python", "sql", "json", "yaml", "toml", "html", "javascript", "bash", "text"]
    """What it is written in."""
    dialect: str | None = None
    """Of SQL, such as duckdb or postgres."""
    attempts: Attempts = 2
    """Times it is asked for, each with the fault that was found, before the row fails."""


class EmbedColumn(Part):
    """A vector that stands for a text."""

    kind: Literal["embed"]
    text: Template
    """The text."""
    model: str | None = None
    """The embedding model; the one that comes with the platform where left out."""
    when: str | None = None
    """As for other columns."""
    drop: bool = False
    """As for other columns."""


class Speaker(Part):
    """One side of a conversation."""

    system: Template
    """Who it is and what it wants."""
    model: Name | None = None
    """The alias that speaks; the column's where left out."""


class ConversationColumn(Part):
    """A conversation of two, as a list of `{role, content}`, which always ends."""

    model: Name | None = None
    """The alias that is asked; the recipe's first model where left out."""
    when: str | None = None
    """A condition over other columns; where it does not hold, nothing is asked and the value is null."""
    drop: bool = False
    """Leave the column out of the dataset; other columns may still refer to it."""
    kind: Literal["conversation"]
    user: Speaker
    """Who begins."""
    assistant: Speaker
    """Who answers; its system prompt opens the list unless `drop_system` is set."""
    opening: Template | None = None
    """The first message; the user's model writes it where left out."""
    max_turns: Annotated[int, Field(ge=1, le=64)] = 4
    """Exchanges of two messages at most."""
    stop: Annotated[list[str], Field(max_length=16)] = []
    """Texts in a user's message after which the conversation ends, without being part of it."""
    drop_system: bool = False
    """Leave the system prompt out of the list."""


class Tool(Part):
    """A function that a model may call."""

    description: str
    """What it does."""
    parameters: JsonSchema
    """JSON Schema of its arguments."""
    returns: str | None = None
    """What it returns, for the model that stands in for it."""


class ToolCallsColumn(PromptColumn):
    """A trace of calls to tools, as a list of messages, the calls checked against the tools' schemas."""

    kind: Literal["tool_calls"]
    tools: Annotated[dict[Name, Tool], Field(min_length=1, max_length=64)]
    """The tools."""
    simulate: bool = True
    """A model answers for the tools, and the trace goes on to a final answer; else it ends with the first calls."""
    max_calls: Annotated[int, Field(ge=1, le=32)] = 4
    """Rounds of calls at most."""
