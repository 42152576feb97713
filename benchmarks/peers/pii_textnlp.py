"""Personal data with textnlp, of the types that Presidio has patterns for."""

import json
import sys
from pathlib import Path

import polars as pl

from textnlp.domain.pii.model import PiiType
from textnlp.domain.pii.scanner import PiiScanner

_TYPES = ("email", "phone", "card", "iban", "national_id", "ip_address", "mac_address")

texts = json.loads(Path(sys.argv[1]).read_text())
scanned = PiiScanner([PiiType(name) for name in _TYPES]).scan(pl.Series(texts))
found = [[(each.type.value, each.start, each.end) for each in scanned.get(place, [])] for place in range(len(texts))]
Path(sys.argv[2]).write_text(json.dumps(found))
