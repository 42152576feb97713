import dataclasses
from datetime import UTC, datetime, timedelta

from tests.unit.domain.review.reviews import review_document
from textnlp.console.dataset_history import draw_history
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, DatasetRound
from textnlp.domain.catalog.model import CatalogEntry, Tombstone
from textnlp.domain.datasets.model import DatasetCounts
from textnlp.domain.datasets.stored_run import RunState, RunVersion, StoredRun
from textnlp.domain.identifiers import new_batch_id, new_review_id, new_run_id
from textnlp.domain.review.model import Review

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUN = StoredRun(
    id=new_run_id(NOON),
    name="kettles",
    tenant="acme",
    caller="owner",
    model="m",
    endpoint="e",
    rows=8,
    recipe_path="p",
    created_at=NOON,
    state=RunState.COMPLETED,
    versions=tuple(
        RunVersion(number=number, rows=8 * number, written_at=NOON + timedelta(hours=number)) for number in (1, 2)
    ),
)
ENTRY = CatalogEntry(dataset_id=RUN.id, tenant="acme", tags={"gold": 2})


def a_round(number: int, *, minutes: int) -> Batch:
    at = NOON + timedelta(minutes=minutes)
    spec = BatchSpec(model="m", round=DatasetRound(run=RUN.id, number=number, first=0, recipe_path="p"))
    return Batch(id=new_batch_id(at), name="r", state=BatchState.COMPLETED, spec=spec, created_at=at)


def a_review(source: str) -> Review:
    return Review(
        id=new_review_id(NOON),
        tenant="acme",
        owner="owner",
        document=review_document("quality"),
        created_at=NOON,
        item_count=5,
        source=source,
    )


def test_rounds_lead_to_the_version_that_was_written_next() -> None:
    rounds = [a_round(0, minutes=10), a_round(1, minutes=20), a_round(2, minutes=90)]
    drawn = draw_history(RUN, ENTRY, rounds=rounds, reviews=[])
    assert [f"Round {number}<" in drawn for number in (1, 2, 3)] == [True] * 3
    # Recipe to run, run to three rounds, each to its version, and the first version to the second.
    assert drawn.count('class="edge"') == 1 + 3 + 3 + 1
    assert f'href="/console/batches/{rounds[0].id}"' in drawn
    assert "16 rows · gold" in drawn


def test_many_rounds_of_a_version_are_one_box() -> None:
    drawn = draw_history(RUN, ENTRY, rounds=[a_round(number, minutes=number) for number in range(9)], reviews=[])
    assert "Rounds 1 to 9" in drawn
    assert "Round 1<" not in drawn


def test_reviews_hang_on_what_they_are_of_and_others_are_left_out() -> None:
    rounds = [a_round(0, minutes=10)]
    reviews = [a_review(f"{RUN.id}/v2"), a_review(rounds[0].id), a_review("batch_of_others")]
    drawn = draw_history(RUN, ENTRY, rounds=rounds, reviews=reviews)
    assert [f"/console/reviews/{review.id}" in drawn for review in reviews] == [True, True, False]


def test_a_version_that_was_deleted_leads_nowhere() -> None:
    stone = Tombstone(version=1, manifest_sha256="", counts=DatasetCounts(), by="ann", at=NOON, why="old")
    drawn = draw_history(RUN, dataclasses.replace(ENTRY, tombstones=(stone,)), rounds=[], reviews=[])
    assert "/versions/1" not in drawn
    assert "deleted" in drawn
