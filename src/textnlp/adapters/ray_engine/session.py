"""A connection to a Ray cluster."""

import contextlib
import importlib
from collections.abc import Generator
from typing import Any

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.missing_extra import missing_extra


@contextlib.contextmanager
def ray_session(address: str | None) -> Generator[Any]:
    """Connect to a cluster by its address, or start one on this machine; yields the module `ray`.

    Call `settings.decline_usage_reports` first, so that a cluster that is started here reports nothing to anybody.

    Raises `INVALID_INPUT` where Ray is not installed, and `UNAVAILABLE` where no cluster answers.
    """
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        told = "The engine ray needs a package that is not installed."
        raise missing_extra(told, extra="ray", field="--engine") from error
    told = {} if address else {"include_dashboard": False}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="error", configure_logging=False, **told)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise TextNLPError(
            f"No Ray cluster answers at {address}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Name the address that `ray start --head` prints.", field="--ray-address"),
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()
