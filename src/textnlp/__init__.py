"""TextNLP writes, checks and delivers synthetic text data: on one machine, and the same on Azure."""


def __getattr__(name: str) -> str:
    """Read `__version__` from the installed package on first use, so that importing `textnlp` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  thirty milliseconds that only this needs

        return version("textnlp")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
