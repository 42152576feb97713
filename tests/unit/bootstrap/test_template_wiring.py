import asyncio
import dataclasses
from pathlib import Path

import pytest

from tests.factories.memory_platform import CLOCK
from tests.factories.templates import review_draft
from textnlp.bootstrap.template_wiring import open_templates, read_template
from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.reference import TemplateReference
from textnlp.settings import Settings


async def created_and_found(settings: Settings) -> None:
    async with open_templates(settings) as store:
        made = await store.create(review_draft(), at=CLOCK.now())
    async with open_templates(settings) as store:
        assert await store.get(TemplateReference("review")) == made


def test_templates_lie_in_the_data_folder_and_need_nothing_else(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    asyncio.run(created_and_found(settings))
    assert [path.name for path in tmp_path.iterdir()] == ["blobs"]
    assert (settings.blobs_dir / "prompts" / "templates" / "review" / "1.json").is_file()


def test_the_file_of_a_template_is_read_and_a_missing_one_told(tmp_path: Path) -> None:
    path = tmp_path / "review.yaml"
    path.write_text("name: review\nprompt: Review the {{ product }}.\n")
    assert read_template(path) == dataclasses.replace(review_draft(), system=None, description="", tests=())
    with pytest.raises(TextNLPError, match=r"absent\.yaml cannot be read"):
        read_template(tmp_path / "absent.yaml")
