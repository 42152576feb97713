"""A command group whose commands are imported only when they run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command that costs nothing until it is run: `module:function`, and the line that help shows for it."""

    target: str
    summary: str

    def load(self) -> Callable[..., Any]:
        """Import the function."""
        module, _, function = self.target.partition(":")
        return getattr(import_module(module), function)


@dataclass(frozen=True, slots=True)
class LazySection:
    """Commands that share a first word.

    Attributes:
        default: the command that is meant where none is named, if there is one.
    """

    summary: str
    commands: "CommandTable"
    default: str | None = None


CommandTable = Mapping[str, LazyCommand | LazySection]


class LazyGroup(TyperGroup):
    """Lists its commands from a table, and loads one when it is called."""

    table: CommandTable = MappingProxyType({})
    default: str | None = None

    def fill(self, table: CommandTable) -> "LazyGroup":
        """Take over the commands of `table`."""
        self.table = table
        for name, entry in table.items():
            self.add_command(TyperCommand(name=name, callback=None, help=entry.summary, rich_markup_mode=None))
        return self

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the group's own; what names no command is for the default one."""
        if self.default is not None and not (args and (args[0] in self.table or args[0] in ctx.help_option_names)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command as click does, then put the real one in the place of its listing."""
        name, command, rest = super().resolve_command(ctx, args)
        entry = self.table.get(name or "")
        return name, command if entry is None else build(name or "", entry), rest


def build(name: str, entry: LazyCommand | LazySection) -> Any:
    """Make the command, or the group, that `entry` describes."""
    if isinstance(entry, LazySection):
        group = LazyGroup(name=name, help=entry.summary, rich_markup_mode=None, no_args_is_help=True)
        group.default = entry.default
        return group.fill(entry.commands)
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name)(entry.load())
    return typer.main.get_command(single)
