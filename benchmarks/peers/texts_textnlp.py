"""A file of prompts with textnlp: its command, with a data folder that nothing is in."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

source, output, base_url = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="textnlp-peer-") as name:
    folder = Path(name)
    folder.chmod(0o755)
    command = [str(Path(sys.executable).parent / "textnlp"), "batch", "run", source, "--out", f"{name}/out", "--quiet"]
    options = ["--base-url", base_url, "--model", "stub", "--concurrency", "64"]
    environment = {**os.environ, "TEXTNLP_DATA_DIR": f"{name}/data"}
    subprocess.run([*command, *options], check=True, env=environment, stdout=subprocess.DEVNULL)
    texts = [json.loads(line)["text"] for line in (folder / "out" / "generations.jsonl").read_text().splitlines()]
prompts = [json.loads(line)["prompt"] for line in Path(source).read_text().splitlines()]
Path(output).write_text(json.dumps(dict(zip(prompts, texts, strict=True))))
