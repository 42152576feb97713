import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.blobs.paths import require_blob_path
from textnlp.domain.templates.paths import document_path, reference_at, system_prompt_path, templates_prefix
from textnlp.domain.templates.reference import TemplateReference


def test_the_tenant_of_this_machine_has_the_folders_themselves() -> None:
    assert document_path("local", "review", 3) == "prompts/templates/review/3.json"
    assert system_prompt_path("local", "review", 3) == "prompts/system/review/3.txt"


def test_other_tenants_have_folders_that_no_template_can_be() -> None:
    assert document_path("acme", "review", 3) == "prompts/templates/@acme/review/3.json"
    assert system_prompt_path("acme", "review", 3) == "prompts/system/@acme/review/3.txt"
    assert reference_at(document_path("acme", "review", 3), tenant="local") is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_tenants_share_a_folder_whatever_they_are_called(one: str, two: str) -> None:
    paths = [document_path(tenant, "review", 1) for tenant in (one, two)]
    assert (paths[0] == paths[1]) is (one == two)
    assert (paths[0].casefold() == paths[1].casefold()) is (one == two)
    for path, tenant in zip(paths, (one, two), strict=True):
        require_blob_path(path)
        assert reference_at(path, tenant=tenant) == TemplateReference("review", 1)


@pytest.mark.parametrize(
    "rest", ["review/0.json", "review/1.txt", "1.json", "Review/1.json", "a/b/1.json", "a/01.json"]
)
def test_what_else_lies_there_is_no_template(rest: str) -> None:
    assert reference_at(templates_prefix("local") + rest, tenant="local") is None
