"""A file of prompts with synthetic-data-kit: the client under all its generators, in its batches.

Its commands make questions and answers from documents; what they ask goes through this client.
"""

import json
import sys
from pathlib import Path

from synthetic_data_kit.models.llm_client import LLMClient

CONCURRENCY = 64

source, output, base_url = sys.argv[1:]
prompts = [json.loads(line)["prompt"] for line in Path(source).read_text().splitlines()]
client = LLMClient(provider="api-endpoint", api_base=base_url, api_key="none", model_name="stub")
asked = [[{"role": "user", "content": each}] for each in prompts]
texts = client.batch_completion(asked, batch_size=CONCURRENCY)
Path(output).write_text(json.dumps(dict(zip(prompts, texts, strict=True))))
