"""Near-duplicates with textnlp, as its checks find them."""

import json
import sys
from pathlib import Path

from textnlp.domain.duplicates.near_duplicates import NearDuplicates

AT_ONCE = 2_000

texts, threshold = json.loads(Path(sys.argv[1]).read_text())
seen = NearDuplicates(threshold=threshold)
removed: list[int] = []
for first in range(0, len(texts), AT_ONCE):
    for number, key in enumerate(seen.keys(texts[first : first + AT_ONCE]), first):
        if seen.find_key(key) is not None:
            removed.append(number)
        else:
            seen.add_key(key, number)
Path(sys.argv[2]).write_text(json.dumps(removed))
