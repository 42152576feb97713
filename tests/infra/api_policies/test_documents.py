import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from tests.snapshots import require_snapshot
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import CallLimit
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.global_policy import NAMED_VALUES

RENDERED = Path(__file__).resolve().parents[3] / "infra" / "rendered" / "policies"
DOCUMENTS = render_policies()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_committed_is_what_the_declaration_says(path: str) -> None:
    require_snapshot(RENDERED / path, DOCUMENTS[path])


def test_nothing_else_is_committed_beside_the_documents() -> None:
    assert {path.relative_to(RENDERED).as_posix() for path in RENDERED.rglob("*.xml")} == set(DOCUMENTS)


def test_the_same_declaration_gives_the_same_text() -> None:
    assert render_policies() == DOCUMENTS


def test_every_named_value_is_listed() -> None:
    used = {name for text in DOCUMENTS.values() for name in re.findall(r"\{\{([^}]*)\}\}", text)}
    assert used == set(NAMED_VALUES)


def test_no_document_is_larger_than_api_management_takes() -> None:
    assert max(len(text.encode()) for text in DOCUMENTS.values()) < 256 * 1024


def test_a_limit_of_another_number_changes_the_product_and_the_words_of_its_refusal() -> None:
    limits = tuple(
        replace(limit, allowed=77) if limit.name == "rate-limit" else limit for limit in TOPOLOGY.call_limits
    )
    changed = render_policies(replace(TOPOLOGY, call_limits=limits))
    assert {path for path, text in changed.items() if text != DOCUMENTS[path]} == {"global.xml", "products/textnlp.xml"}
    product = ET.fromstring(changed["products/textnlp.xml"])  # noqa: S314  our own text
    assert [each.get("calls") for each in product.iter("rate-limit-by-key")] == ["77"]
    assert "The limit 'rate-limit' of 77 is used up." in changed["global.xml"]


@pytest.mark.parametrize(
    ("name", "seconds", "told"),
    [("rate-limit", 301, "at most 300"), ("quota", 299, "at least as many"), ("token-limit", 61, "in 60")],
)
def test_a_period_that_the_gateway_cannot_keep_is_refused(name: str, seconds: int, told: str) -> None:
    def changed(limit: CallLimit) -> CallLimit:
        return replace(limit, renewal_seconds=seconds) if limit.name == name else limit

    with pytest.raises(ValueError, match=f"{name}.*{told}"):
        render_policies(replace(TOPOLOGY, call_limits=tuple(map(changed, TOPOLOGY.call_limits))))
