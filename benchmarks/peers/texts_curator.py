"""A file of prompts with Curator: one LLM class over a list, its limits out of the way, telemetry and viewer off."""

import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(CURATOR_VIEWER="0", TELEMETRY_ENABLED="false", OPENAI_API_KEY="none")
os.environ["CURATOR_CACHE_DIR"] = tempfile.mkdtemp(prefix="curator-")
os.environ["CURATOR_DISABLE_RICH_DISPLAY"] = "1"
# The table of tokens that tiktoken would fetch from elsewhere comes along with LiteLLM, which Curator brings.
_LITELLM = importlib.util.find_spec("litellm")
assert _LITELLM is not None
os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(_LITELLM.origin or "").parent / "litellm_core_utils" / "tokenizers")

from bespokelabs import curator  # noqa: E402  reads the variables when it is imported

CONCURRENCY = 64


class Answer(curator.LLM):
    """Asks a prompt as it stands."""

    def prompt(self, row: dict[str, str]) -> str:
        """Return what is asked."""
        return row["prompt"]

    def parse(self, row: dict[str, str], response: str) -> dict[str, str]:
        """Return what is kept."""
        return {"prompt": row["prompt"], "text": response}


def main() -> None:
    source, output, base_url = sys.argv[1:]
    prompts = [{"prompt": json.loads(line)["prompt"]} for line in Path(source).read_text().splitlines()]
    limits = {"max_requests_per_minute": 10_000_000, "max_tokens_per_minute": 10_000_000_000}
    params = {"base_url": base_url, "api_key": "none", "max_concurrent_requests": CONCURRENCY, **limits}
    answered = Answer(model_name="stub", backend="openai", backend_params=params)(prompts)
    rows = answered.dataset
    Path(output).write_text(json.dumps(dict(zip(rows["prompt"], rows["text"], strict=True))))


if __name__ == "__main__":
    main()
