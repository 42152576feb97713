"""The page of commands, with every argument and option."""

from tools.markdown import escaped, table

from textnlp.cli.lazy_group import LazyCommand, LazySection, build
from textnlp.cli.main import COMMANDS


def commands_page() -> str:
    """Return the page that lists every command and what it takes."""
    lines = ["# Commands", "", "What `--help` says, on one page.", ""]
    for name, entry in COMMANDS.items():
        lines += _section(name, entry) if isinstance(entry, LazySection) else _command(name, entry)
    return "\n".join(lines)


def _section(name: str, section: LazySection, *, level: int = 2) -> list[str]:
    lines = [f"{'#' * level} `textnlp {name}`", "", section.summary, ""]
    if section.default is not None:
        lines += [f"Without a command it is `textnlp {name} {section.default}`.", ""]
    for part, entry in section.commands.items():
        words, below = f"{name} {part}", level + 1
        lines += (
            _section(words, entry, level=below)
            if isinstance(entry, LazySection)
            else _command(words, entry, level=below)
        )
    return lines


def _command(name: str, entry: LazyCommand, *, level: int = 2) -> list[str]:
    command = build(name, entry)
    context = command.make_context(name, [], resilient_parsing=True)
    records = [parameter.get_help_record(context) for parameter in command.params if parameter.name != "help"]
    rows = [[f"`{escaped(typed)}`", escaped(meaning)] for typed, meaning in records]
    lines = [f"{'#' * level} `textnlp {name}`", "", entry.summary, ""]
    return [*lines, *table(["takes", "meaning"], rows), ""] if rows else lines
