"""A file of prompts with distilabel: a pipeline of one text generation, its batches as wide as the concurrency."""

import json
import sys
from pathlib import Path

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

CONCURRENCY = 64


def main() -> None:
    source, output, base_url = sys.argv[1:]
    prompts = [json.loads(line)["prompt"] for line in Path(source).read_text().splitlines()]
    with Pipeline(name="texts") as pipeline:
        load = LoadDataFromDicts(data=[{"instruction": each} for each in prompts], batch_size=CONCURRENCY)
        llm = OpenAILLM(model="stub", base_url=base_url, api_key="none")
        load >> TextGeneration(llm=llm, input_batch_size=CONCURRENCY)
    rows = pipeline.run(use_cache=False)["default"]["train"]
    Path(output).write_text(json.dumps(dict(zip(rows["instruction"], rows["generation"], strict=True))))


if __name__ == "__main__":
    main()
