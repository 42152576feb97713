"""Near-duplicates with rensa: RMinHash and its LSH, candidates verified by its own estimate, as its pages show."""

import json
import sys
from pathlib import Path

from rensa import RMinHash, RMinHashLSH

texts, threshold = json.loads(Path(sys.argv[1]).read_text())
lsh = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16)
kept: dict[int, RMinHash] = {}
removed: list[int] = []
for number, text in enumerate(texts):
    words = text.lower().split()
    minhash = RMinHash(num_perm=128, seed=1)
    minhash.update([" ".join(words[at : at + 3]) for at in range(len(words) - 2)])
    if any(kept[other].jaccard(minhash) >= threshold for other in lsh.query(minhash)):
        removed.append(number)
    else:
        lsh.insert(number, minhash)
        kept[number] = minhash
Path(sys.argv[2]).write_text(json.dumps(removed))
