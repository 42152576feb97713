from textnlp.api.docstrings import attribute_meanings, summary

TEXT = """A batch as
    the ledger has it.

    It balances.

    Attributes:
        id: the id.
        text, usage: the completion,
            once there is one: later.
    """


def test_what_stands_before_the_attributes_is_the_summary() -> None:
    assert summary(TEXT) == "A batch as the ledger has it.\n\nIt balances."
    assert summary("") == ""


def test_names_that_share_a_line_share_its_text() -> None:
    shared = "the completion, once there is one: later."
    assert attribute_meanings(TEXT) == {"id": "the id.", "text": shared, "usage": shared}
    assert attribute_meanings("Does.") == {}
