"""The commands that pages show, and whether there is what they name; nothing of it is run."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import tree_sitter_bash
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tree_sitter import Language, Node, Parser
from typer._click.exceptions import ClickException

from tests.architecture.source_tree import ROOT
from textnlp.cli.lazy_group import LazyCommand, LazySection, build
from textnlp.cli.main import COMMANDS
from textnlp.settings import Settings, variable_name

_SHELLS = {"", "bash", "sh", "text"}
_FOLDERS = tuple(f"{folder.name}/" for folder in ROOT.iterdir() if folder.is_dir() and folder.name != "site")
_PARSER = Parser(Language(tree_sitter_bash.language()))


@dataclass(frozen=True, slots=True)
class ShownCommand:
    """A command as a page shows it: its words, with what stands before it as `NAME=` left out."""

    page: str
    line: int
    words: list[str]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}: {' '.join(self.words)}"


def shown_commands(page: str, text: str) -> Iterator[ShownCommand]:
    """Yield the commands of a page's code blocks, those inside of other commands too."""
    for token in _tokens(text):
        language = token.info.split()[0] if token.info else ""
        if token.type != "fence" or language not in _SHELLS or token.map is None:
            continue
        if language in {"bash", "sh"} or any(_program(line) in CHECKS for line in token.content.splitlines()):
            root = _PARSER.parse(token.content.encode()).root_node
            for node in _commands_in(root):
                yield ShownCommand(page, token.map[0] + 2 + node.start_point.row, _words(node))


def named_commands(page: str, text: str) -> Iterator[ShownCommand]:
    """Yield the commands of `textnlp` and `make` that stand in sentences, which may lack what does not matter there."""
    for token in _tokens(text):
        for child in token.children or []:
            words = child.content.split()
            if child.type == "code_inline" and words[1:] and words[0] in {"textnlp", "make"} and token.map:
                yield ShownCommand(page, token.map[0] + 1, words)


def fault_of(command: ShownCommand) -> str | None:
    """Return what is wrong with a command, or None; a program that nobody here knows is wrong."""
    check = CHECKS.get(command.words[0])
    if check is None:
        return f"{command.place}: is checked by nothing"
    missing = [word for word in command.words[1:] if word.startswith(_FOLDERS) and not (ROOT / word).exists()]
    fault = f"there is no {missing[0]}" if missing else check(command.words[1:])
    return f"{command.place}: {fault}" if fault else None


@cache
def _tokens(text: str) -> list[Token]:
    return MarkdownIt().enable("table").parse(text)


def _program(line: str) -> str:
    return (line.split() or [""])[0]


def _commands_in(node: Node) -> Iterator[Node]:
    if node.type == "ERROR" or node.type in {"command", "declaration_command"}:
        yield node
    for child in node.children:
        yield from _commands_in(child)


def _words(node: Node) -> list[str]:
    """Return the words of a command without their quotes; what cannot be read is a word of its own."""
    if node.type == "ERROR":
        return [f"unreadable: {_text(node)}"]
    is_export = node.type == "declaration_command"
    words = [each for each in node.children if is_export or each.type != "variable_assignment"]
    return [re.sub(r"^(['\"])(.*)\1$", r"\2", _text(each)) for each in words]


def _text(node: Node) -> str:
    return (node.text or b"").decode().replace("\\\n", "")


def _textnlp(words: list[str]) -> str | None:
    """Read the words as the command line does, without running anything."""
    name, rest = "textnlp", words
    entry: LazyCommand | LazySection = LazySection("", COMMANDS)
    while isinstance(entry, LazySection):
        if entry.default and not (rest and rest[0] in entry.commands):
            rest = [entry.default, *rest]
        if rest in ([], ["--help"]):
            return None
        if rest[0] not in entry.commands:
            return f"{name} has no command {rest[0]}"
        name, *rest = rest
        entry = entry.commands[name]
    try:
        _command(name, entry).make_context(name, rest)
    except ClickException as error:
        return error.format_message()
    return None


@cache
def _command(name: str, entry: LazyCommand) -> Any:
    return build(name, entry)


def _make(words: list[str]) -> str | None:
    """Look for the targets; `NAME=value` sets what the Makefile has with `?=`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = {*re.findall(r"^([a-z][a-z-]*):.*## ", text, re.MULTILINE), *re.findall(r"^(\w+) \?=", text, re.MULTILINE)}
    return next((f"make has no {word}" for word in words if word.partition("=")[0] not in found), None)


def _python(words: list[str]) -> str | None:
    """Look for the module or script, and for its options in its text."""
    is_module = words[0] == "-m"
    name, options = (words[1], words[2:]) if is_module else (words[0], words[1:])
    if is_module and name == "pytest":
        return None
    place = ROOT / (f"{name.replace('.', '/')}.py" if is_module else name)
    if is_module and not place.exists():
        place = ROOT / name.replace(".", "/") / "__main__.py"
    if not place.exists():
        return f"there is no {name}"
    text = place.read_text(encoding="utf-8")
    return next((f"{name} has no {word}" for word in options if word.startswith("-") and f'"{word}"' not in text), None)


def _pip(words: list[str]) -> str | None:
    """Look for the extras that are installed."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = re.findall(r"\w+", ",".join(re.findall(r"^textnlp\[(.*)\]$", words[-1])))
    return next((f"there is no extra {extra}" for extra in wanted if extra not in extras), None)


def _export(words: list[str]) -> str | None:
    """Look for the settings of the platform that are set."""
    settings = {variable_name(field) for field in Settings.model_fields} | _OF_THE_COMMAND_LINE
    names = [word.partition("=")[0] for word in words]
    return next((f"there is no setting {n}" for n in names if n.startswith("TEXTNLP_") and n not in settings), None)


def _outside(words: list[str]) -> str | None:
    """Take the command of another's program as it is, but for the files of the repository in it."""
    return None


_OF_THE_COMMAND_LINE = {"TEXTNLP_SERVER", "TEXTNLP_TOKEN"}
_OTHERS = ("apt-get", "az", "curl", "docker", "exit", "grep", "kubectl", "pytest")
CHECKS: Mapping[str, Callable[[list[str]], str | None]] = {
    "textnlp": _textnlp,
    "make": _make,
    "python": _python,
    ".venv/bin/python": _python,
    "pip": _pip,
    "export": _export,
    **dict.fromkeys(_OTHERS, _outside),
}
"""What can be looked at of each program's commands without running them."""
