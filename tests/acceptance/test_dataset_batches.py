"""A dataset whose texts come from the provider's batches, at half the price."""

import contextlib
import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra
from tests.doubles.openai_batch_states import Flavour
from tests.doubles.openai_batches import OpenAIBatches

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KEY = "sk-batches"
ROWS = 12


@pytest.mark.parametrize("flavour", list(Flavour))
async def test_a_recipe_that_has_a_day_is_answered_by_one_batch_at_half_the_price(
    flavour: Flavour, command_line: CommandLine, tmp_path: Path
) -> None:
    """OpenAI is shown a key, Azure OpenAI a token of the process's own identity."""
    recipe, models, out = tmp_path / "recipe.yaml", tmp_path / "models.yaml", tmp_path / "out"
    document = {
        "name": "products",
        "models": {"writer": {"model": "m", "route": {"deadline_seconds": 90_000}}},
        "columns": {"product": {"kind": "uuid"}, "text": {"kind": "text", "prompt": "Describe {{ product }}."}},
        "accept": {"rows": ROWS},
    }
    recipe.write_text(json.dumps(document))
    async with contextlib.AsyncExitStack() as stack:
        if flavour is Flavour.AZURE:
            entra = await stack.enter_async_context(running_entra(tmp_path, write_certificates(tmp_path)))
            server, identity = OpenAIBatches(flavour, token_key=entra.key), {"authentication": "entra"}
            environment = entra.environment
        else:
            server, identity = OpenAIBatches(flavour, api_key=KEY), {"api_key_env": "BATCH_KEY"}
            environment = {"BATCH_KEY": KEY}
        await stack.enter_async_context(server.serving())
        deployment = {
            "base_url": server.base_url,
            "model": "m",
            "direct": True,
            "batches": flavour.value,
            **identity,
            "prices": {"input": 10, "output": 10},
        }
        models.write_text(json.dumps({"deployments": {"m": deployment}, "models": {}}))
        environment = {**environment, "TEXTNLP_MODELS": str(models)}
        made = await command_line.run("run", recipe, "--out", out, "--json", **environment)

    assert made.exit_code == 0, made.stderr
    rows = read_lines(out / "v1" / "data" / "train.jsonl")
    assert len(rows) == ROWS
    assert all(row["text"] == f"echo: Describe {row['product']}." for row in rows)
    assert server.statuses == ["completed"]
    (use,) = made.json()["models"]
    tokens = use["prompt_tokens"] + use["completion_tokens"]
    assert use["cost"] == pytest.approx(tokens * 10 / 1_000_000 / 2)


async def test_a_batch_of_a_provider_that_takes_none_is_refused_before_anything_is_asked(
    command_line: CommandLine, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    document = {
        "name": "products",
        "models": {"writer": {"route": {"executor": "batch"}}},
        "columns": {"text": {"kind": "text", "prompt": "Describe a lamp."}},
    }
    recipe.write_text(json.dumps(document))

    refused = await command_line.run("run", recipe, "--out", tmp_path / "out", "--model", "scripted")

    assert refused.exit_code == 2
    assert "models.writer.route.executor" in refused.stderr
