"""A file of prompts with NeMo Data Designer: a seed column of prompts and one column of text."""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(NEMO_TELEMETRY_ENABLED="false", STUB_KEY="none")

import data_designer.config as dd
import pandas as pd
from data_designer.interface import DataDesigner

CONCURRENCY = 64


def main() -> None:
    source, output, base_url = sys.argv[1:]
    prompts = [json.loads(line)["prompt"] for line in Path(source).read_text().splitlines()]
    provider = dd.ModelProvider(name="stub", endpoint=base_url, provider_type="openai", api_key="STUB_KEY")
    parameters = dd.ChatCompletionInferenceParams(max_parallel_requests=CONCURRENCY)
    model = dd.ModelConfig(
        alias="stub", model="stub", provider="stub", inference_parameters=parameters, skip_health_check=True
    )
    config = dd.DataDesignerConfigBuilder(model_configs=[model])
    config.with_seed_dataset(dd.DataFrameSeedSource(df=pd.DataFrame({"asked": prompts})))
    config.add_column(dd.LLMTextColumnConfig(name="text", prompt="{{ asked }}", model_alias="stub"))
    with tempfile.TemporaryDirectory() as folder:
        designer = DataDesigner(artifact_path=folder, model_providers=[provider])
        rows = designer.create(config, num_records=len(prompts)).load_dataset()
        Path(output).write_text(json.dumps(dict(zip(rows["asked"], rows["text"], strict=True))))


if __name__ == "__main__":
    main()
