# Made from the OpenAPI document. To renew: make reference
"""Models of reviews."""

import datetime as dt
from typing import Any

import msgspec

from textnlp.client.open_enum import OpenEnum


class EstimateRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A statistic with its interval of 95%; null where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


class PairAgreementRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How two reviewers agree.

    Attributes:
        units: what both answered.
        percent: share on which they say the same.
        kappa: Cohen's; null where it is not defined.
        weighted_kappa: Cohen's with squared disagreements, for ordered values.
    """

    first: str
    second: str
    units: int
    percent: float
    kappa: float | None
    weighted_kappa: float | None


class AgreementRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How reviewers agree on a question.

    Attributes:
        level: of measurement: `nominal`, `ordinal` or `interval`.
        units: what two or more reviewers answered.
        percent: share of pairs of reviewers that agree.
        alpha: Krippendorff's.
        fleiss: Fleiss' kappa, where everything was answered by as many reviewers.
        cohen: Cohen's kappa, where there are two reviewers.
    """

    level: str
    units: int
    raters: int
    percent: EstimateRead
    alpha: EstimateRead
    fleiss: EstimateRead | None
    cohen: EstimateRead | None
    pairs: list[PairAgreementRead]


class CurvePointRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Precision and recall of the rows whose score is the threshold or more."""

    threshold: float
    precision: float
    recall: float


class JudgeCalibrationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A judge's scores against what people said.

    Attributes:
        good: which answers mean a good row.
        rows: rows with a score and a settled answer.
        threshold: the least score with which a row counts as good; null where none is precise enough.
        chosen_by: `max_f1` or `precision`.
        kappa: Cohen's, of judge and people, with its interval of 95%.
        curve: from the lowest threshold to the highest.
        notes: what to know before trusting it.
    """

    judge: str
    question: str
    good: str
    rows: int
    good_rows: int
    threshold: float | None
    chosen_by: str
    wanted_precision: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    curve: list[CurvePointRead]
    notes: list[str]


class CalibrationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The document `calibration.json`, with notes."""

    version: int
    review: str
    judges: list[JudgeCalibrationRead]


class ExportForm(OpenEnum):
    """In which form a review is written.

    `JSONL` is a line a row with every answer and what holds; `EXAMPLES` a line a row whose edits are settled; the
    others are what the tools of that name read, `LABEL_STUDIO_CONFIG` the labelling interface that goes with the
    tasks.
    """

    ARGILLA = "argilla"
    EXAMPLES = "examples"
    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"
    LABEL_STUDIO_CONFIG = "label-studio-config"


class ItemState(OpenEnum):
    """Where an item is.

    `OPEN` until as many have answered as the review asks for; then `AGREED` or `DISPUTED`; `DECIDED` by the owner.
    """

    AGREED = "agreed"
    DECIDED = "decided"
    DISPUTED = "disputed"
    OPEN = "open"


class ReviewProgressRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a review is.

    Attributes:
        states: items by state: `open`, `agreed`, `disputed`, `decided`.
        answers: answers in all.
    """

    states: dict[str, int]
    answers: int


class ReviewerRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How one reviewer works.

    Attributes:
        median_seconds: for an answer, from when the item was given.
        agreement: share of the questions on which most of the others say the same.
        compared: how many questions that is of.
    """

    reviewer: str
    answers: int
    skips: int
    median_seconds: float | None
    agreement: float | None
    compared: int


class ReviewAgreementRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a review is, and how its reviewers agree, by question."""

    progress: ReviewProgressRead
    questions: dict[str, AgreementRead]
    reviewers: list[ReviewerRead]


class ReviewAnswerRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a reviewer said.

    Attributes:
        seconds: from when the reviewer was given the item; null where that is not known.
    """

    reviewer: str
    values: dict[str, Any]
    at: dt.datetime
    seconds: float | None
    comment: str


class ReviewAnswerWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a reviewer says of an item.

    Attributes:
        values: by question: a mark, a label, labels, options the best first, passages as `{start, end, label}`, a
            text, or `left`, `right` or `tie`.
        comment: a remark for the owner.
        reviewer: one of the people for whom the caller speaks; the caller where unset.
    """

    values: dict[str, Any]
    comment: str | None = None
    reviewer: str | None = None


class ReviewCommentRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A remark on an item."""

    reviewer: str
    at: dt.datetime
    text: str


class ReviewCommentWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A remark on an item."""

    text: str
    reviewer: str | None = None


class ReviewCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is to be reviewed: rows, a batch that has ended, or what another tool has already asked.

    Attributes:
        review: what is asked of whom, as in a review file: name, questions, sampling, overlap and more.
        rows: the rows, each an object; a text under `id` is what it is called.
        batch_id: in place of rows: the batch whose answers are reviewed.
        argilla: in place of rows: records as Argilla writes them, with their responses.
        label_studio: in place of rows: tasks as Label Studio exports them, with their annotations.
    """

    review: dict[str, Any]
    rows: list[dict[str, Any]] | None = None
    batch_id: str | None = None
    argilla: list[dict[str, Any]] | None = None
    label_studio: list[dict[str, Any]] | None = None


class ReviewDecisionRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the owner decided."""

    by: str
    values: dict[str, Any]
    at: dt.datetime
    reason: str


class ReviewDecisionWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the owner decides.

    Attributes:
        values: by question, as in an answer; sides of pairs are `first` and `second`. Questions on which the
            reviewers agree may be left out.
    """

    values: dict[str, Any]
    reason: str | None = None


class ReviewExportQuery(msgspec.Struct, kw_only=True, omit_defaults=True):
    """In which form a review is written.

    Attributes:
        format: `jsonl` with everything; `argilla`; `label-studio`, and `label-studio-config` for its interface; or
            `examples` of settled edits.
    """

    format: ExportForm | None = None


class ReviewExportRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where an export is kept among the blobs."""

    path: str
    size_bytes: int


class ReviewSkipRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """That a reviewer did not answer."""

    reviewer: str
    at: dt.datetime
    reason: str


class ReviewItemRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An item with everything that was said of it.

    Attributes:
        id: what the row is called where it comes from.
        state: `open`, `agreed`, `disputed` or `decided`.
        final: what holds, by question.
        disputed: questions on which the answers settle nothing.
    """

    id: str
    position: int
    state: ItemState
    row: dict[str, Any]
    final: dict[str, Any]
    disputed: list[str]
    answers: list[ReviewAnswerRead]
    skips: list[ReviewSkipRead]
    comments: list[ReviewCommentRead]
    decision: ReviewDecisionRead | None


class ReviewItemPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Items in their order; `next_after` continues the listing where it is not null."""

    items: list[ReviewItemRead]
    next_after: int | None


class ReviewPairRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The two texts of a pairwise question, on the sides on which the reviewer sees them."""

    left: Any
    right: Any


class ReviewItemView(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An item as its reviewer sees it.

    Attributes:
        row: the columns that are shown.
        pairs: by question, the texts that are compared.
        answers: what others said; none in a blind review.
        comments: remarks; the reviewer's own alone in a blind review.
        until: when it may be given to somebody else.
    """

    position: int
    row: dict[str, Any]
    pairs: dict[str, ReviewPairRead]
    answers: list[ReviewAnswerRead]
    comments: list[ReviewCommentRead]
    until: dt.datetime


class ReviewNextRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The next item; null where nothing is left for this reviewer."""

    item: ReviewItemView | None


class ReviewNextWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Who asks for the next item.

    Attributes:
        reviewer: one of the people for whom the caller speaks; the caller where unset.
    """

    reviewer: str | None = None


class ReviewRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A review.

    Attributes:
        questions: what is asked, by name.
        overlap: how many reviewers answer each item.
        blind: whether reviewers see nothing of models, scores and others' answers.
        owner: who made it, and decides.
        source: where the rows come from, such as the id of a batch.
        item_count: rows under review.
        progress: how far it is; null where it was just made, and in lists.
    """

    id: str
    name: str
    guidelines: str
    questions: dict[str, dict[str, Any]]
    overlap: int
    blind: bool
    owner: str
    source: str
    created_at: dt.datetime
    item_count: int
    progress: ReviewProgressRead | None


class ReviewPage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Reviews, newest first; `next_before` continues the listing where it is not null."""

    reviews: list[ReviewRead]
    next_before: str | None


class ReviewReceipt(msgspec.Struct, kw_only=True, omit_defaults=True):
    """That something was noted.

    Attributes:
        noted: what: `answer`, `skip` or `comment`.
    """

    position: int
    reviewer: str
    noted: str


class ReviewSkipWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """That a reviewer does not answer an item, which they are not given again."""

    reason: str | None = None
    reviewer: str | None = None
