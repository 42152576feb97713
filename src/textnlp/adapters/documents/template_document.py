"""The file that a template is created from."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from textnlp.adapters.documents.yaml_document import YamlDocument, place_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.draft_rules import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_FRAGMENTS,
    MAX_TEST_NAME_CHARACTERS,
    MAX_TESTS,
    checked_draft,
)
from textnlp.domain.templates.stored import TemplateDraft, TemplateTest
from textnlp.domain.templates.template import MAX_TEMPLATE_CHARACTERS

_Fragments = Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=MAX_FRAGMENTS)]
_Text = Annotated[str, Field(min_length=1, max_length=MAX_TEMPLATE_CHARACTERS)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TemplateTestDocument(_Document):
    """What the template must write when it is given some variables."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_TEST_NAME_CHARACTERS)] | None = Field(
        default=None, description="What people call it; its number where it is not given."
    )
    given: dict[str, JsonValue] = Field(default={}, description="The variables.")
    expect: _Fragments = Field(default=[], description="Fragments that the prompt or the system prompt must hold.")
    reject: _Fragments = Field(default=[], description="Fragments that neither may hold.")


class TemplateDocument(_Document):
    """A version of a template to be created."""

    name: str = Field(description="What it is spoken of by.")
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARACTERS)] = Field(
        default="", description="What it is for."
    )
    system: _Text | None = Field(default=None, description="The system prompt, with places for the same variables.")
    prompt: _Text = Field(description="The prompt, with places for variables.")
    tests: Annotated[list[TemplateTestDocument], Field(max_length=MAX_TESTS)] = Field(
        default=[], description="What it must write."
    )


def read_template_file(path: Path) -> TemplateDraft:
    """Read the file of a template.

    Raises what `YamlDocument` does, and `INVALID_INPUT` with file, line, column and path for an unknown key, with the
    nearest one that is known, and for what `checked_draft` refuses.
    """
    written = YamlDocument(path)
    document = written.validated(TemplateDocument)
    try:
        return checked_draft(_draft(document))
    except TextNLPError as error:
        raise written.refusal(error.message, place_of(error.facts.field or "")) from error


def _draft(document: TemplateDocument) -> TemplateDraft:
    return TemplateDraft(
        name=document.name,
        text=document.prompt,
        system=document.system,
        description=document.description,
        tests=tuple(
            TemplateTest(
                name=test.name or f"test {number}",
                given=test.given,
                expect=tuple(test.expect),
                reject=tuple(test.reject),
            )
            for number, test in enumerate(document.tests, start=1)
        ),
    )
