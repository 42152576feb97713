"""Near-duplicates with datatrove: its four steps of MinHash as its example has them, with 3-grams.

Numbers stay as they are: the words of these texts are told apart by theirs.
"""

import json
import sys
import tempfile
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.text import TextNormConfig


def run(*steps: object, logs: str, tasks: int = 1) -> None:
    LocalPipelineExecutor(pipeline=list(steps), tasks=tasks, logging_dir=logs, skip_completed=False).run()


def main() -> None:
    texts, _ = json.loads(Path(sys.argv[1]).read_text())
    config = MinhashConfig(n_grams=3, norm_config=TextNormConfig(norm_numbers=False))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        lines = (json.dumps({"id": str(number), "text": text}) + "\n" for number, text in enumerate(texts))
        (folder / "in" / "texts.jsonl").write_text("".join(lines))
        reader = JsonlReader(f"{name}/in")
        run(reader, MinhashDedupSignature(output_folder=f"{name}/signatures", config=config), logs=f"{name}/logs")
        buckets = MinhashDedupBuckets(f"{name}/signatures", f"{name}/buckets", config=config)
        run(buckets, logs=f"{name}/logs", tasks=config.num_buckets)
        run(MinhashDedupCluster(f"{name}/buckets", f"{name}/remove", config=config), logs=f"{name}/logs")
        writer = JsonlWriter(f"{name}/out", compression=None)
        run(reader, MinhashDedupFilter(f"{name}/remove"), writer, logs=f"{name}/logs")
        kept = {json.loads(line)["id"] for file in (folder / "out").iterdir() for line in file.open()}
    Path(sys.argv[2]).write_text(json.dumps([number for number in range(len(texts)) if str(number) not in kept]))


if __name__ == "__main__":
    main()
