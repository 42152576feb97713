"""Where the console leads, and who may go there."""

from dataclasses import dataclass

from textnlp.topology.scopes import ADMIN, READ, WRITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An entry of the menu.

    Attributes:
        name: what pages of the section call themselves by.
        label: what people read.
        group: the heading that it stands under.
        grant: what whoever goes there must have been granted.
    """

    name: str
    label: str
    path: str
    group: str
    grant: str


SECTIONS: tuple[Section, ...] = (
    Section(name="home", label="Home", path="/console", group="", grant=READ),
    Section(name="playground", label="Playground", path="/console/playground", group="Write", grant=WRITE),
    Section(name="batches", label="Batches", path="/console/batches", group="Write", grant=READ),
    Section(name="recipes", label="Recipes", path="/console/recipes", group="Write", grant=READ),
    Section(name="runs", label="Dataset runs", path="/console/runs", group="Write", grant=READ),
    Section(name="templates", label="Templates", path="/console/templates", group="Write", grant=READ),
    Section(name="datasets", label="Datasets", path="/console/datasets", group="Data", grant=READ),
    Section(name="reviews", label="Review", path="/console/reviews", group="Data", grant=READ),
    Section(name="models", label="Models", path="/console/models", group="Operate", grant=READ),
    Section(name="usage", label="Usage and budgets", path="/console/usage", group="Operate", grant=READ),
    Section(name="queues", label="Queues", path="/console/queues", group="Operate", grant=ADMIN),
    Section(name="monitor", label="Monitor", path="/console/monitor", group="Operate", grant=ADMIN),
    Section(name="traces", label="Traces", path="/console/traces", group="Operate", grant=ADMIN),
    Section(name="clients", label="Clients and keys", path="/console/clients", group="Operate", grant=ADMIN),
    Section(name="settings", label="Settings", path="/console/settings", group="Operate", grant=ADMIN),
)
"""In the order of the menu."""


def menu_of(grants: frozenset[str]) -> list[tuple[str, list[Section]]]:
    """Return the sections that somebody may go to, by group, in the order of the menu."""
    groups: dict[str, list[Section]] = {}
    for section in SECTIONS:
        if section.grant in grants:
            groups.setdefault(section.group, []).append(section)
    return list(groups.items())
