from textnlp.console.navigation import SECTIONS, menu_of
from textnlp.topology.scopes import ADMIN, READ, WRITE


def test_everybody_sees_what_they_may_do_and_nothing_else() -> None:
    seen = [section.name for _, sections in menu_of(frozenset({READ})) for section in sections]
    assert "batches" in seen
    assert not {"playground", "queues", "clients", "settings"} & set(seen)


def test_administrators_see_everything_in_the_declared_order() -> None:
    seen = [section for _, sections in menu_of(frozenset({READ, WRITE, ADMIN})) for section in sections]
    assert tuple(seen) == SECTIONS
