"""Prompt templates that are kept under a name, each version as it was created."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.templates.reference import TemplateReference

MAX_VERSIONS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTest:
    """What a template must write when it is given some variables.

    Attributes:
        expect: fragments that the prompt or the system prompt must hold.
        reject: fragments that neither may hold.
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    expect: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """What a version of a template consists of.

    Attributes:
        text: the prompt, with places for variables.
        system: the system prompt, which has places for the same variables; None for none.
    """

    name: str
    text: str
    system: str | None = None
    description: str = ""
    tests: tuple[TemplateTest, ...] = ()

    @property
    def content_sha256(self) -> str:
        """The hash, in hex, of everything that makes one version differ from another."""
        content = {
            "name": self.name,
            "prompt": self.text,
            "system": self.system,
            "description": self.description,
            "tests": [dataclasses.asdict(test) for test in self.tests],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTemplate(TemplateDraft):
    """A version of a template, which is never changed.

    Attributes:
        version: 1 for the first of its name, without gaps.
        sha256: the `content_sha256` that it was created with.
        tenant: whose it is.
    """

    version: int
    created_at: datetime
    sha256: str
    tenant: str = LOCAL_TENANT

    @property
    def reference(self) -> TemplateReference:
        """The reference that will always mean this version."""
        return TemplateReference(self.name, self.version)


def next_version(draft: TemplateDraft, latest: StoredTemplate | None, *, at: datetime, tenant: str) -> StoredTemplate:
    """Return what `draft` becomes after `latest`: the next version, or `latest` itself where nothing differs.

    Raises `LIMIT_REACHED` for a template that has 1,000 versions.
    """
    sha256 = draft.content_sha256
    if latest is not None and latest.sha256 == sha256:
        return latest
    version = 1 if latest is None else latest.version + 1
    if version > MAX_VERSIONS:
        raise TextNLPError(
            f"Template {draft.name!r} has {MAX_VERSIONS:,} versions, which is as many as it may.",
            kind=ErrorKind.LIMIT_REACHED,
            facts=ErrorFacts(hint="Go on under another name.", limit_name="template_versions"),
        )
    return StoredTemplate(
        name=draft.name,
        text=draft.text,
        system=draft.system,
        description=draft.description,
        tests=draft.tests,
        version=version,
        created_at=at,
        sha256=sha256,
        tenant=tenant,
    )
