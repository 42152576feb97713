"""Which statements of a migration take something away from code that runs beside it.

Parallel change, also called expand and contract (https://martinfowler.com/bliki/ParallelChange.html): what is added
lets earlier code work; what is removed, renamed, retyped or demanded breaks its statements.
"""

import re
from collections.abc import Sequence

_NAME = r"(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?:textnlp\.)?(\w+)"
_MADE = re.compile(rf"\bcreate\s+(?:unlogged\s+)?(?:table|sequence|view)\s+{_NAME}", re.IGNORECASE)
_ALTERED = re.compile(rf"^\s*alter\s+table\s+{_NAME}\s+(.*)", re.IGNORECASE | re.DOTALL)
_DROPPED = re.compile(rf"^\s*drop\s+(table|view|sequence|schema|type|function|policy)\s+{_NAME}", re.IGNORECASE)
_UNIQUE = re.compile(rf"^\s*create\s+unique\s+index\s+.*?\bon\s+{_NAME}", re.IGNORECASE | re.DOTALL)
_REVOKED = re.compile(r"^\s*revoke\b.*?\bon\s+(?:table\s+)?(?:textnlp\.)?(\w+)", re.IGNORECASE | re.DOTALL)
_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'", re.DOTALL)

_ACTIONS = (
    (re.compile(r"^drop\s+(?!not\s+null|default|constraint|expression|identity)", re.IGNORECASE), "drops a column"),
    (re.compile(r"^rename\b", re.IGNORECASE), "renames"),
    (re.compile(r"^alter\s+(?:column\s+)?\w+\s+(?:set\s+data\s+)?type\b", re.IGNORECASE), "changes a type"),
    (re.compile(r"^alter\s+(?:column\s+)?\w+\s+set\s+not\s+null", re.IGNORECASE), "demands a value"),
    (re.compile(r"^alter\s+(?:column\s+)?\w+\s+drop\s+default", re.IGNORECASE), "drops a default"),
    (re.compile(r"^add\s+(?:constraint|check|unique|primary|foreign|exclude)\b", re.IGNORECASE), "adds a condition"),
    (re.compile(r"^(?:enable|force)\s+row\s+level\s+security", re.IGNORECASE), "restricts who sees rows"),
    (re.compile(r"^set\s+schema\b", re.IGNORECASE), "moves a table"),
)
_ADDED = re.compile(r"^add\s+(?:column\s+)?", re.IGNORECASE)
_DEMANDED = re.compile(r"\bnot\s+null\b", re.IGNORECASE)
_FILLED = re.compile(r"\bdefault\b|\bgenerated\b", re.IGNORECASE)


def contract_steps(statements: Sequence[str]) -> tuple[str, ...]:
    """Return what statements of one migration, in their order, take away from earlier code, each with its statement.

    A table that the same migration makes is nobody's yet. What a block of PL/pgSQL does is not looked into, and data
    that is written anew is no matter of structure.
    """
    parts = [part for text in statements for part in _split(text)]
    own = {match[1].lower() for part in parts for match in _MADE.finditer(part)}
    return tuple(f"{told}: {_SPACE.sub(' ', part).strip()}" for part in parts for told in _told(part, own))


def _split(text: str) -> list[str]:
    """Return statements without comments and texts, in which a semicolon or a word would mislead."""
    return [part for part in _QUOTED.sub("''", _COMMENT.sub(" ", text)).split(";") if part.strip()]


def _told(statement: str, own: set[str]) -> list[str]:
    if dropped := _DROPPED.match(statement):
        return [] if dropped[2].lower() in own else [f"drops a {dropped[1].lower()}"]
    if (unique := _UNIQUE.match(statement)) and unique[1].lower() not in own:
        return ["adds a condition"]
    if (revoked := _REVOKED.match(statement)) and revoked[1].lower() not in own:
        return ["takes a right away"]
    altered = _ALTERED.match(statement)
    if altered is None or altered[1].lower() in own:
        return []
    return [told for action in _actions(altered[2]) if (told := _action_told(action))]


def _action_told(action: str) -> str | None:
    for pattern, told in _ACTIONS:
        if pattern.match(action):
            return told
    is_demanded = _ADDED.match(action) and _DEMANDED.search(action) and not _FILLED.search(action)
    return "demands a value" if is_demanded else None


def _actions(text: str) -> list[str]:
    """Split the actions of `alter table` at the commas that stand in no parentheses."""
    actions, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            actions.append("")
        else:
            actions[-1] += character
    return [action.strip() for action in actions]
