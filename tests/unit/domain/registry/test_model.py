import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.registry.model import (
    ModelOrigin,
    ModelStage,
    file_path,
    promoted,
    require_file_name,
    require_model_name,
)

C, S, P, R = ModelStage.CANDIDATE, ModelStage.STAGING, ModelStage.PRODUCTION, ModelStage.RETIRED


def test_what_was_in_production_is_retired_by_what_comes() -> None:
    assert promoted({1: P, 2: S, 3: C}, 2, P) == {1: R, 2: P, 3: C}


@pytest.mark.parametrize(("now", "stage"), [(C, P), (P, S), (R, P), (S, C)])
def test_no_step_is_left_out(now: ModelStage, stage: ModelStage) -> None:
    with pytest.raises(TextNLPError, match=f"in stage {now} cannot go to {stage}") as refused:
        promoted({1: now}, 1, stage)
    assert refused.value.kind is ErrorKind.CONFLICT


def test_a_version_that_was_retired_can_be_tried_again() -> None:
    assert promoted({1: R}, 1, S) == {1: S}


def test_going_where_one_is_changes_nothing() -> None:
    assert promoted({1: P, 2: S}, 1, P) == {1: P, 2: S}


@pytest.mark.parametrize("name", ["", "Tuned", "../up", "a/b", ".hidden", "a" * 65])
def test_a_name_leads_nowhere_else(name: str) -> None:
    with pytest.raises(TextNLPError, match="no name for a model"):
        require_model_name(name)


@pytest.mark.parametrize("name", ["", "..", "a/b", ".env", "a b"])
def test_a_file_name_leads_nowhere_else(name: str) -> None:
    with pytest.raises(TextNLPError, match="no name for a file"):
        require_file_name(name)


def test_the_origin_decides_the_folder() -> None:
    assert file_path(ModelOrigin.CHECKPOINT, "m", 2, "w.gguf") == "models/checkpoints/m/2/w.gguf"
    assert file_path(ModelOrigin.FINE_TUNED, "m", 2, "w.gguf") == "models/fine-tuned/m/2/w.gguf"
