"""Near-duplicates with text-dedup: its MinHash script on a file, 3-grams, 128 hashes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from datasets import load_from_disk

texts, threshold = json.loads(Path(sys.argv[1]).read_text())
with tempfile.TemporaryDirectory() as name:
    lines = (json.dumps({"number": number, "text": text}) + "\n" for number, text in enumerate(texts))
    Path(name, "texts.jsonl").write_text("".join(lines))
    given = ["--path", "json", "--data_files", f"{name}/texts.jsonl", "--split", "train", "--column", "text"]
    places = ["--output", f"{name}/out", "--cache_dir", f"{name}/cache", "--num_proc", str(os.cpu_count())]
    settings = ["--threshold", str(threshold), "--ngram", "3", "--num_perm", "128", "--min_length", "3"]
    subprocess.run([sys.executable, "-m", "text_dedup.minhash", *given, *places, *settings], check=True)
    kept = set(load_from_disk(f"{name}/out")["number"])
Path(sys.argv[2]).write_text(json.dumps([number for number in range(len(texts)) if number not in kept]))
