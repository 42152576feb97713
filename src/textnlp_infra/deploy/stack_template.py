"""A stack as it is sent to Azure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

DIGEST_TAG = "textnlp-digest"
"""Tag of a deployment that says what it was sent with."""
_SECURE = frozenset({"securestring", "secureobject"})


def is_secure(declaration: Mapping[str, Any]) -> bool:
    """Whether a parameter holds a secret."""
    return str(declaration["type"]).lower() in _SECURE


@dataclass(frozen=True, slots=True, kw_only=True)
class StackTemplate:
    """The template of a stack of an environment, and the values of its parameters.

    Attributes:
        location: region that keeps the record of the deployment; Azure refuses to change it later.
    """

    environment: str
    name: str
    location: str
    template: Mapping[str, Any]
    arguments: Mapping[str, Any] = field(repr=False)

    @property
    def deployment(self) -> str:
        """Name of its deployment to the subscription."""
        return f"textnlp-{self.environment}-{self.name}"

    @property
    def has_secrets(self) -> bool:
        """Whether it is sent with secrets, so that nobody can tell from its digest whether they are the same."""
        return any(map(is_secure, self._declared.values()))

    @property
    def digest(self) -> str:
        """SHA-256 of the template and of all values that are no secrets, as hexadecimal text."""
        shown = {name: value for name, value in self.arguments.items() if not is_secure(self._declared[name])}
        text = json.dumps([self.location, self.template, shown], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_argument(self, name: str, value: object) -> "StackTemplate":
        """Return it with another value of a parameter; itself where it has no such parameter."""
        return replace(self, arguments={**self.arguments, name: value}) if name in self._declared else self

    @property
    def _declared(self) -> Mapping[str, Any]:
        return self.template.get("parameters", {})
