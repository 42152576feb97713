"""The prompt and the system prompt of a template, read together and rendered together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.stored import TemplateDraft, TemplateTest
from textnlp.domain.templates.template import PromptTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTemplate:
    """What a template writes; `system` is None where it has no system prompt."""

    prompt: str
    system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFinding:
    """How one test of a template ended.

    Attributes:
        test: its name.
        rendered: what the template wrote, None where it could not be rendered.
        missing: expected fragments that are in neither prompt.
        unwanted: rejected fragments that are in one of them.
        error: why it could not be rendered.
    """

    test: str
    rendered: RenderedTemplate | None = None
    missing: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    error: str | None = None

    @property
    def has_passed(self) -> bool:
        """Whether the template wrote what it must."""
        return self.error is None and not self.missing and not self.unwanted

    @property
    def reason(self) -> str:
        """What is wrong, as a sentence; empty where the test passed."""
        if self.error is not None:
            return self.error
        parts = [f"{fragment!r} is missing" for fragment in self.missing]
        parts += [f"{fragment!r} must not be there" for fragment in self.unwanted]
        return f"{', '.join(parts)}." if parts else ""


class CompiledTemplate:
    """A template whose texts were read; it can be rendered any number of times, by several threads.

    Raises what `PromptTemplate` does.

    Attributes:
        variables: the names that the prompt or the system prompt refers to.
    """

    def __init__(self, template: TemplateDraft) -> None:
        self._prompt = PromptTemplate(template.text)
        self._system = None if template.system is None else PromptTemplate(template.system)
        self.variables = self._prompt.variables
        if self._system is not None:
            self.variables |= self._system.variables

    def render(self, variables: Mapping[str, Any]) -> RenderedTemplate:
        """Return both texts with the variables in their places; raises as `PromptTemplate.render` does."""
        return RenderedTemplate(
            prompt=self._prompt.render(variables),
            system=None if self._system is None else self._system.render(variables),
        )

    def examine(self, test: TemplateTest) -> TemplateFinding:
        """Run one test."""
        try:
            rendered = self.render(test.given)
        except TextNLPError as error:
            return TemplateFinding(test=test.name, error=error.message)
        written = (rendered.prompt, rendered.system or "")
        return TemplateFinding(
            test=test.name,
            rendered=rendered,
            missing=tuple(fragment for fragment in test.expect if not any(fragment in text for text in written)),
            unwanted=tuple(fragment for fragment in test.reject if any(fragment in text for text in written)),
        )
