from pathlib import Path

import pytest

from textnlp.bootstrap.scoring import Scorer
from textnlp.domain.errors import TextNLPError
from textnlp.settings import read_settings


def test_a_scorer_answers_with_the_engine_of_the_settings(tmp_path: Path) -> None:
    with Scorer(read_settings({}, data_dir=tmp_path, model="scripted")) as scorer:
        found = scorer.score(b'{"prompts": ["Hi"], "system": "Be brief."}')
        with pytest.raises(TextNLPError, match="1 to 1,000 prompts"):
            scorer.score(b'{"prompts": []}')
        with pytest.raises(TextNLPError, match="no request for scoring"):
            scorer.score(b"\xff")
    assert found["model"] == "scripted"
    assert found["answers"][0]["text"]
