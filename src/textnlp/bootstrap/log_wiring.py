"""Where and how a process that serves writes its log."""

import logging
import sys
from collections.abc import Mapping
from types import MappingProxyType

from textnlp.settings import LogFormat, Settings

_TEXT = "%(asctime)s %(levelname)s %(message)s"
_QUIETER: Mapping[str, int] = MappingProxyType(
    {
        "watchfiles": logging.WARNING,
        "azure": logging.WARNING,
        "urllib3": logging.ERROR,  # each failed try of an exporter, of which the exporter tells once
        "opentelemetry.attributes": logging.ERROR,
        "psycopg": logging.ERROR,  # each connection that was given up, of which whoever had it tells
    }
)


def configure_logging(settings: Settings) -> None:
    """Write the log to standard error, as the settings say: for people, or as JSON with ids of traces."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(settings.log_format))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(level)


def _formatter(chosen: LogFormat) -> logging.Formatter:
    is_text = chosen is LogFormat.TEXT or (chosen is LogFormat.AUTO and sys.stderr.isatty())
    if is_text:
        return logging.Formatter(_TEXT)
    from textnlp.adapters.telemetry.log_lines import JsonLines  # noqa: PLC0415  a twentieth of a second

    return JsonLines()
