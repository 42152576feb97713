"""Near-duplicates with datasketch: MinHash and its LSH, candidates verified by its own estimate."""

import json
import sys
from pathlib import Path

from datasketch import MinHash, MinHashLSH

texts, threshold = json.loads(Path(sys.argv[1]).read_text())
lsh = MinHashLSH(threshold=threshold, num_perm=128)
kept: dict[int, MinHash] = {}
removed: list[int] = []
for number, text in enumerate(texts):
    words = text.lower().split()
    minhash = MinHash(num_perm=128)
    minhash.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)])
    if any(kept[other].jaccard(minhash) >= threshold for other in lsh.query(minhash)):
        removed.append(number)
    else:
        lsh.insert(number, minhash)
        kept[number] = minhash
Path(sys.argv[2]).write_text(json.dumps(removed))
