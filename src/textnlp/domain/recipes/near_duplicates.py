"""Texts that say what an earlier one says already."""


class NearDuplicates:
    """The texts so far, and which of them another text is nearly equal to."""

    def __init__(self, *, threshold: float) -> None:
        raise NotImplementedError

    def find(self, text: str) -> int | None:
        """Return the number of the first text added that is a near-duplicate of this one; None where there is none."""
        raise NotImplementedError

    def add(self, text: str, number: int) -> None:
        """Keep a text under a number."""
        raise NotImplementedError
