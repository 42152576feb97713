"""Which build this is."""

import textnlp


def build_version(revision: str | None) -> str:
    """Return the version of the package, with the commit after a plus sign where it is known."""
    return textnlp.__version__ if revision is None else f"{textnlp.__version__}+{revision}"
