"""Look for what opens something in the files of the tree: keys, tokens, passwords, by the forms that issuers give them.

The forms are those that their issuers publish for scanners; a secret without a form of its own is not found.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent

FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "anthropic": ("sk-ant-", r"sk-ant-[\w-]{20,}"),
        "api_key": ("tnlp_", r"tnlp_[0-9a-z]{8}_[0-9a-z]{38}"),
        "aws": ("AKIA", r"\bAKIA[0-9A-Z]{16}\b"),
        "azure_client": ("8Q~", r"8Q~[\w~.-]{31,34}"),
        "azure_key": ("Key=", r"(?:Account|SharedAccess|Endpoint)Key=[0-9A-Za-z+/]{40,88}={0,2}"),
        "azure_signature": ("sig=", r"[?&]sig=[0-9A-Za-z%]{40,}"),
        "github": ("gh", r"\b(?:gh[oprsu]_[0-9A-Za-z]{36}|github_pat_\w{60,})"),
        "gitlab": ("glpat-", r"\bglpat-[\w-]{20,}"),
        "google": ("AIza", r"\bAIza[\w-]{35}"),
        "hugging_face": ("hf_", r"\bhf_[0-9A-Za-z]{30,}"),
        "json_web_token": ("eyJ", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
        "npm": ("npm_", r"\bnpm_[0-9A-Za-z]{36}"),
        "openai": ("sk-", r"\bsk-(?:proj|svcacct)-[\w-]{20,}|\bsk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}"),
        "password_in_url": ("://", r"://[^\s/:@'\"{}$<>]+:[^\s/:@'\"{}$<>*]{8,}@[\w.-]+"),
        "private_key": ("PRIVATE KEY", r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[0-9A-Za-z+/]{40}"),
        "pypi": ("pypi-", r"\bpypi-AgEIcHlwaS5vcmc[\w-]{20,}"),
        "slack": ("xox", r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}"),
        "stripe": ("k_live_", r"\b[rs]k_live_[0-9A-Za-z]{20,}"),
        "webhook": ("whsec_", r"\bwhsec_[0-9A-Za-z+/]{32,}={0,2}"),
    }
)
"""Forms by what they open: what each of them holds, and the whole."""

_FORMS = [(kind, held.encode(), re.compile(form.encode())) for kind, (held, form) in FORMS.items()]
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Something of the form of a secret, without the secret."""

    place: str
    kind: str
    line: int


def find_secrets(root: Path) -> list[Found]:
    """Return what is found in the files below `root`, folders left out that `.gitignore` names."""
    ignored = {line.rstrip("/") for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()} | {".git"}
    names: list[str] = []
    for place, folders, files in os.walk(root):
        folders[:] = [folder for folder in folders if folder not in ignored]
        names += [(Path(place) / name).relative_to(root).as_posix() for name in files]
    return sorted(found for name in names for found in _in_file(root, name))


def _in_file(root: Path, name: str) -> Iterator[Found]:
    path = root / name
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return
    data = path.read_bytes()
    for kind, held, form in _FORMS:
        if held in data:
            for match in form.finditer(data):
                yield Found(name, kind, data.count(b"\n", 0, match.start()) + 1)


if __name__ == "__main__":
    for found in find_secrets(ROOT):
        print(f"{found.place}:{found.line}: {found.kind}")
