"""`textnlp template …`: prompts that are kept under a name, here or on a running platform."""

import contextlib
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.template_wiring import open_templates, read_template
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.json_object import read_json_object
from textnlp.cli.local_templates import LocalTemplates, body_of, report_on
from textnlp.cli.named_values import named_values
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.server_client import open_client
from textnlp.cli.template_listing import print_report, print_template, print_templates
from textnlp.client.templates import (
    AsyncTemplates,
    RenderedTemplateRead,
    TemplateLatest,
    TemplateRead,
    TemplateRender,
    TemplateSummary,
    TemplateTestReport,
)
from textnlp.domain.templates.reference import parse_reference
from textnlp.domain.templates.stored import TemplateDraft
from textnlp.settings import Settings, read_settings

_MOST_A_PAGE = 200
_FILE_ENDINGS = frozenset({".yaml", ".yml", ".json"})
_Reference = Annotated[str, typer.Argument(metavar="REF", help="NAME@3, or NAME for the latest version.")]
_Server = Annotated[str | None, typer.Option(help="Use the platform at this address, not the data folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with name, prompt and, if wanted, more.")],
    *,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Store a file as the next version of its template, and print how the version is spoken of.

    Where nothing differs from the latest version, that one is printed. What fails one of its own tests is not stored.
    """
    draft = read_template(file)
    made = run_interruptible(lambda: _created(read_settings(server=server), draft))
    sys.stdout.write(f"{_json(made) if as_json else made.reference}\n")


def list_templates(*, as_json: _Json = False, server: _Server = None) -> None:
    """List templates by name, each with its latest version; --json prints an object a line."""
    found = run_interruptible(lambda: _listed(read_settings(server=server)))
    if as_json:
        sys.stdout.writelines(f"{_json(template)}\n" for template in found)
        return
    print_templates(found)


def show(reference: _Reference, *, as_json: _Json = False, server: _Server = None) -> None:
    """Show a version of a template; without a number, the latest, and how many there are."""
    template = run_interruptible(lambda: _shown(read_settings(server=server), reference))
    if as_json:
        sys.stdout.write(f"{_json(template)}\n")
        return
    print_template(template)


def render(
    reference: _Reference,
    *,
    given: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE; may come more than once.")] = None,
    file: Annotated[Path | None, typer.Option("--vars", help="JSON file of variables; --set wins over it.")] = None,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Print the prompt that a template writes with variables; its system prompt goes to standard error."""
    variables: dict[str, Any] = {} if file is None else read_json_object(file, field="vars")
    variables |= named_values(given or (), option="--set")
    rendered = run_interruptible(lambda: _rendered(read_settings(server=server), reference, variables))
    if as_json:
        sys.stdout.write(f"{_json(rendered)}\n")
        return
    if rendered.system is not None:
        typer.secho(f"system: {rendered.system}", err=True, dim=True)
    sys.stdout.write(rendered.prompt.removesuffix("\n") + "\n")


def run_tests(
    subject: Annotated[
        str, typer.Argument(metavar="REF|FILE", help="A stored template, or a file that ends in .yaml, .yml or .json.")
    ],
    *,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Run the tests of a template and print what each failed one expected and got; exit with 1 where one failed."""
    report = run_interruptible(lambda: _tested(server, subject))
    if as_json:
        sys.stdout.write(f"{_json(report)}\n")
    else:
        print_report(report)
    if not report.passed:
        raise typer.Exit(ExitCode.ERROR)


@contextlib.asynccontextmanager
async def _templates(settings: Settings) -> AsyncGenerator[LocalTemplates | AsyncTemplates]:
    """Open the templates of the platform that the settings name, else those of the data folder."""
    if settings.server:
        async with open_client(settings) as client:
            yield client.templates
    else:
        async with open_templates(settings) as store:
            yield LocalTemplates(store, clock=SYSTEM_CLOCK)


async def _created(settings: Settings, draft: TemplateDraft) -> TemplateRead:
    async with _templates(settings) as templates:
        if isinstance(templates, LocalTemplates):
            return await templates.create(draft)
        return await templates.create(body_of(draft))


async def _listed(settings: Settings) -> list[TemplateSummary]:
    found: list[TemplateSummary] = []
    async with _templates(settings) as templates:
        page = await templates.list(limit=_MOST_A_PAGE, after=None)
        found += page.templates
        while page.next_after is not None:
            page = await templates.list(limit=_MOST_A_PAGE, after=page.next_after)
            found += page.templates
    return found


async def _shown(settings: Settings, text: str) -> TemplateRead | TemplateLatest:
    reference = parse_reference(text)
    async with _templates(settings) as templates:
        if reference.version is None:
            return await templates.show(reference.name)
        return await templates.show_version(reference.name, str(reference.version))


async def _rendered(settings: Settings, reference: str, variables: dict[str, Any]) -> RenderedTemplateRead:
    async with _templates(settings) as templates:
        return await templates.render(str(parse_reference(reference)), TemplateRender(variables=variables))


async def _tested(server: str | None, subject: str) -> TemplateTestReport:
    path = Path(subject)
    if path.suffix in _FILE_ENDINGS:
        return await report_on(read_template(path), title=subject)
    async with _templates(read_settings(server=server)) as templates:
        return await templates.test(str(parse_reference(subject)))


def _json(shown: msgspec.Struct) -> str:
    return msgspec.json.encode(shown).decode()
