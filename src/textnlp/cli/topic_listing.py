"""Trees of topics on the screen."""

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from textnlp.domain.topics.tree import Topic, TopicTree


def print_topics(tree: TopicTree) -> None:
    """Draw a tree of topics, with its notes, and say below it how many leaves there are."""
    console = Console()
    drawn = Tree(Text(tree.root.text, style="bold"), guide_style="dim")
    _note(drawn, tree.root)
    waiting = [(drawn, tree.root)]
    while waiting:
        place, topic = waiting.pop()
        for below in topic.topics:
            branch = place.add(Text(below.text))
            _note(branch, below)
            waiting.append((branch, below))
    console.print(drawn)
    leaves = len(tree.leaves())
    short = len(tree.notes())
    console.print(f"{leaves:,} {'leaf' if leaves == 1 else 'leaves'} for rows to begin with.", style="dim")
    if short:
        console.print(
            f"{short:,} {'topic has' if short == 1 else 'topics have'} fewer below than the {tree.degree} asked for.",
            style="yellow",
        )


def _note(place: Tree, topic: Topic) -> None:
    if topic.note:
        label = place.label
        if isinstance(label, Text):
            label.append(f"  ({topic.note})", style="yellow")
