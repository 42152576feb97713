"""What the form of the playground asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from textnlp.api.schemas.generation import GenerationCreate
from textnlp.api.schemas.sampling import MaxTokens, SamplingParameters, Seed, Temperature, TopP
from textnlp.api.text_fields import read_fields, read_object
from textnlp.console.conversation_text import read_conversation
from textnlp.console.template_values import split_values


class PlaygroundForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The fields of the form but for variables; `messages` and `schema` are texts."""

    system: str | None = None
    prompt: str | None = None
    messages: str | None = None
    template: str | None = None
    model: str | None = None
    model_2: str | None = None
    model_3: str | None = None
    model_4: str | None = None
    temperature: Temperature | None = None
    max_tokens: MaxTokens | None = None
    top_p: TopP | None = None
    seed: Seed | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What somebody tries: a form, the values of a template's variables, and the fields as they were filled in."""

    form: PlaygroundForm
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    filled: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def models(self) -> list[str | None]:
        """The models that are asked, at least one; None is the platform's default."""
        form = self.form
        return [each for each in (form.model, form.model_2, form.model_3, form.model_4) if each] or [None]

    def asked(self, model: str | None) -> GenerationCreate:
        """Return the call of the API that asks a model the same; raise `INVALID_INPUT` for what cannot be read."""
        form = self.form
        return GenerationCreate(
            prompt=form.prompt,
            messages=None if form.messages is None else read_conversation(form.messages),
            template=form.template,
            variables=dict(self.variables) if form.template is not None else None,
            system=form.system,
            model=model,
            parameters=self.parameters,
            schema=None if form.schema is None else read_object(form.schema, field="schema"),
        )

    @property
    def parameters(self) -> SamplingParameters:
        """How to sample."""
        form = self.form
        return SamplingParameters(
            temperature=form.temperature, max_tokens=form.max_tokens, top_p=form.top_p, seed=form.seed
        )

    def body(self) -> dict[str, Any]:
        """Return the body of that call for the first of the models, without what it leaves out."""
        document: dict[str, Any] = msgspec.to_builtins(self.asked(self.models[0]))
        defaults: dict[str, Any] = msgspec.to_builtins(GenerationCreate())
        document["parameters"] = {name: value for name, value in document["parameters"].items() if value is not None}
        return {name: value for name, value in document.items() if value not in (defaults[name], {})}


def read_try(fields: Mapping[str, str]) -> Try:
    """Read the fields of the form that were filled in; raise `INVALID_INPUT` naming one that is wrong."""
    variables, others = split_values(fields)
    return Try(form=read_fields(others.items(), PlaygroundForm), variables=variables, filled=fields)
