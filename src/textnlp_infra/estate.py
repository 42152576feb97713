"""The whole estate of an environment, and the files that are written of it."""

import json
from pathlib import Path

from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.arm import Estate
from textnlp_infra.components.directory import application_document
from textnlp_infra.environments import Environment, environment
from textnlp_infra.queries.documents import render_queries
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform
from textnlp_infra.stacks.workload import build_workload


def build_estate(environment: Environment) -> Estate:
    """Build every stack, in the order in which they are deployed."""
    foundation = build_foundation(environment)
    platform = build_platform(environment, foundation)
    workload = build_workload(environment, foundation, platform)
    return Estate(environment=environment.name, stacks=(foundation.stack, platform.stack, workload))


def rendered(estate: Estate) -> dict[str, str]:
    """Return the templates as JSON text, by file name; the same estate always gives the same text."""
    return {f"{stack.name}.json": json.dumps(stack.template(), indent=1) + "\n" for stack in estate.stacks}


def rendered_files(estate: Estate) -> dict[str, str]:
    """Return the templates, and as `application.json` what Microsoft Graph is sent, as JSON text by file name."""
    application = application_document(environment(estate.environment))
    return {**rendered(estate), "application.json": json.dumps(application, indent=1) + "\n"}


def write_documents(folder: Path) -> list[Path]:
    """Write what is alike in all environments: policies of API Management, queries, workbook and dashboard."""
    written: list[Path] = []
    for place, texts in (("policies", render_policies()), ("queries", render_queries())):
        for name, text in texts.items():
            path = folder / place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def write_rendered(estate: Estate, folder: Path) -> list[Path]:
    """Write all files into `folder/<environment>` and return their paths; files of stacks that are gone are removed."""
    target = folder / estate.environment
    target.mkdir(parents=True, exist_ok=True)
    texts = rendered_files(estate)
    for stale in target.glob("*.json"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return [target / name for name in texts]
