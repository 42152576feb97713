from decimal import Decimal
from pathlib import Path

import pytest

from textnlp.adapters.documents.models_document import read_models_file
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Parameters
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelCatalog, Stickiness, TokenPrices

EXAMPLE = Path(__file__).parents[4] / "examples" / "models.yaml"
WHOLE = """
deployments:
  east:
    base_url: https://east.example/v1
    model: gpt-5.4-mini
    api_key_env: EAST_KEY
    concurrency: 32
    requests_per_minute: 600
    tokens_per_minute: 100000
    timeout_seconds: 30
    prices: {input: 0.75, output: 4.5}
    direct: true
  west:
    base_url: https://west.example/v1
    model: gpt-5.4-mini
models:
  chat:
    deployments:
    - {name: east, weight: 3}
    - name: west
    fallback: [smollm2-135m]
    defaults: {temperature: 0.7, max_tokens: 200}
  gpt-5.4:
    deployments: [{name: west}]
    fallback: [chat]
    sticky: none
"""


def read(folder: Path, text: str) -> ModelCatalog:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return read_models_file(path, built_in={"smollm2-135m", "scripted"})


def refused(folder: Path, text: str) -> str:
    with pytest.raises(TextNLPError) as caught:
        read(folder, text)
    return caught.value.message


def test_the_whole_file_is_read(tmp_path: Path) -> None:
    catalog = read(tmp_path, WHOLE)
    assert catalog.deployments["east"] == Deployment(
        name="east",
        model="gpt-5.4-mini",
        base_url="https://east.example/v1",
        api_key_env="EAST_KEY",
        concurrency=32,
        requests_per_minute=600,
        tokens_per_minute=100_000,
        timeout_seconds=30,
        prices=TokenPrices(input=Decimal("0.75"), output=Decimal("4.5"), cached_input=Decimal("0.75")),
        is_direct=True,
    )
    assert not catalog.deployments["west"].is_direct
    chat, other = catalog.aliases["chat"], catalog.aliases["gpt-5.4"]
    east, west = DeploymentShare(name="east", weight=3), DeploymentShare(name="west")
    local = DeploymentShare(name="smollm2-135m")
    assert chat.tiers == ((east, west), (local,))
    assert (chat.stickiness, chat.defaults) == (Stickiness.ROW, Parameters(temperature=0.7, max_tokens=200))
    assert other.tiers == ((west,), (east,), (local,))
    assert other.stickiness is Stickiness.NONE


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ModelCatalog()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "base_url: https://west",
            "base_ulr: https://west",
            ":14:5: deployments.west.base_ulr: 'base_ulr' is not known",
        ),
        ("- name: west", "- name: wset", ":20:7: models.chat.deployments[1].name: 'wset' is no deployment"),
        ("[smollm2-135m]", "[scripted, smol]", ":21:26: models.chat.fallback[1]: 'smol' is neither"),
        ("[smollm2-135m]", "[gpt-5.4]", ":25:16: models.gpt-5.4.fallback[0]: chat → gpt-5.4 → chat is a circle"),
        ("  chat:\n", "  east:\n", ":17:3: models.east: The alias 'east' has the name of a deployment"),
        ("  west:\n", "  scripted:\n", ":13:3: deployments.scripted: this is the name of a model that comes with"),
        ("weight: 3", "weight: 0", ":19:20: models.chat.deployments[0].weight: input should be greater than 0"),
        ("sticky: none", "sticky: seed", ":26:5: models.gpt-5.4.sticky: input should be 'row' or 'none'"),
        ("input: 0.75", "input: -1", ":11:14: deployments.east.prices.input: input should be greater"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_column_and_path(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WHOLE
    message = refused(tmp_path, WHOLE.replace(old, new, 1))
    assert said in message.replace(str(tmp_path / "models.yaml"), "")


def test_a_value_is_not_repeated_in_what_is_told_of_it(tmp_path: Path) -> None:
    assert "sk-secret" not in refused(tmp_path, WHOLE.replace("concurrency: 32", "concurrency: sk-secret"))


def test_the_example_is_read_whole() -> None:
    catalog = read_models_file(EXAMPLE, built_in={"scripted"})
    (chat,) = catalog.aliases.values()
    assert chat.deployments == ["host-large", "host-small", "scripted"]
    assert set(catalog.deployments) == {"host-large", "host-small"}


def test_a_deployment_may_say_which_server_it_is(tmp_path: Path) -> None:
    catalog = read(tmp_path, WHOLE.replace("    direct: true", "    server: vllm\n    batches: azure"))

    assert catalog.deployments["east"].server == "vllm"
    assert catalog.deployments["east"].batches == "azure"
    assert catalog.deployments["west"].server is None
    assert "deployments.east.server" in refused(tmp_path, WHOLE.replace("    direct: true", "    server: apache"))


def test_the_page_that_tells_the_load_of_a_server_is_read_and_only_of_one_that_can_be_read(tmp_path: Path) -> None:
    page = "    metrics_url: http://gpu:8000/metrics"
    watched = WHOLE.replace("    direct: true", f"    server: vllm\n{page}")
    assert read(tmp_path, watched).deployments["east"].metrics_url == "http://gpu:8000/metrics"
    unknown = refused(tmp_path, WHOLE.replace("    direct: true", page))
    assert "deployments.east.metrics_url: only the metrics of `server: vllm` can be read" in unknown
    secret = refused(tmp_path, watched.replace("http://", "http://user:secret@"))
    assert "deployments.east.metrics_url: " in secret
    assert "holds a user name or password" in secret
    assert "secret@" not in secret
