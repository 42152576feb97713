"""The batches that `openai_batches` serves: how files are looked through, and how a batch comes to its end."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from tests.doubles.openai_answers import completion_body, decode_request, prompt_of

CHARACTERS_PER_TOKEN = 4
_DAY_SECONDS = 24 * 3600
LIVE_STATUSES = frozenset({"validating", "in_progress", "finalizing", "cancelling"})


class Flavour(StrEnum):
    """Whose batches these are."""

    OPENAI = "openai"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the next batch goes.

    Attributes:
        ending: `completed`, `expired`, `cancelled` or `failed`.
        answered: rows that are answered before it ends otherwise than completed.
        names_unasked: whether rows that were never asked stand in the error file; those of a batch that failed do not.
        refusals: status and error object by prompt, for rows that fail.
        rejects: error object by prompt, for rows that fail without an answer of the model's.
        faults: code, message and line of a batch that fails in validation.
        is_reversed: whether the answers come in the reverse order.
        doubles: whether every answer comes a second time with another text.
        noise: lines in the output that are no results.
        is_held: whether it stays in progress until `release`.
    """

    ending: str = "completed"
    answered: int = 0
    names_unasked: bool = True
    refusals: Mapping[str, tuple[int, dict[str, Any]]] = field(default_factory=dict[str, tuple[int, dict[str, Any]]])
    rejects: Mapping[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    faults: Sequence[tuple[str, str, int | None]] = ()
    is_reversed: bool = False
    doubles: bool = False
    noise: Sequence[bytes] = ()
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class InputRow:
    """One request of a file."""

    custom_id: str
    body: bytes

    @property
    def prompt(self) -> str:
        """The text of the last message."""
        return prompt_of(decode_request(self.body))


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file; `looks_left` is how often it is still seen pending."""

    id: str
    filename: str
    purpose: str
    content: bytes
    looks_left: int = 0
    created_at: int = field(default_factory=lambda: int(time.time()))

    def shown(self, flavour: Flavour) -> dict[str, Any]:
        """Return it as the API does; Azure tells whether it is looked through."""
        is_pending = flavour is Flavour.AZURE and self.looks_left > 0
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "pending" if is_pending else "processed",
            "status_details": None,
        }


@dataclass(slots=True, kw_only=True)
class StoredBatch:
    """A batch on its way."""

    id: str
    input_file_id: str
    endpoint: str
    completion_window: str
    metadata: dict[str, str] | None
    plan: Plan
    rows: list[InputRow]
    tokens: int
    status: str = "validating"
    faults: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    output_file_id: str | None = None
    error_file_id: str | None = None
    counts: tuple[int, int] = (0, 0)
    times: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.times["created_at"] = int(time.time())

    @property
    def is_live(self) -> bool:
        """Whether it takes of the quota."""
        return self.status in LIVE_STATUSES

    def become(self, status: str) -> None:
        """Change the status, and the time that belongs to it."""
        self.status = status
        self.times[f"{status}_at"] = int(time.time())

    def shown(self) -> dict[str, Any]:
        """Return it as the API does."""
        names = (
            *("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled"),
            *("created",),
        )
        done, failed = self.counts
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": self.endpoint,
            "errors": {"object": "list", "data": self.faults} if self.faults else None,
            "input_file_id": self.input_file_id,
            "completion_window": self.completion_window,
            "status": self.status,
            "output_file_id": self.output_file_id,
            "error_file_id": self.error_file_id,
            "expires_at": self.times["created_at"] + _DAY_SECONDS,
            **{f"{name}_at": self.times.get(f"{name}_at") for name in names},
            "request_counts": {"total": len(self.rows), "completed": done, "failed": failed},
            "metadata": self.metadata,
        }


def faults_of(content: bytes, *, endpoint: str, max_rows: int) -> tuple[list[InputRow], list[dict[str, Any]]]:
    """Look a file through as the provider does; return its rows and what is wrong with it."""
    rows: list[InputRow] = []
    faults: list[dict[str, Any]] = []
    seen: set[str] = set()
    models: set[str] = set()

    def fault(code: str, message: str, line: int | None, param: str | None = None) -> None:
        faults.append({"code": code, "message": message, "line": line, "param": param})

    for number, line in enumerate(content.splitlines(), 1):
        try:
            row = json.loads(line)
            body = row["body"]
            decode_request(msgspec.json.encode(body))
        except (ValueError, KeyError, TypeError, msgspec.MsgspecError):
            fault("invalid_json_line", "This line is not parseable as valid JSON.", number)
            continue
        if row["custom_id"] in seen:
            fault("duplicate_custom_id", "The custom_id for this request is a duplicate.", number, "custom_id")
        if row.get("method") != "POST":
            fault("invalid_method", "Invalid HTTP method: must be POST.", number, "method")
        if row.get("url") != endpoint:
            fault("mismatched_endpoint", "The URL differs from the batch's endpoint.", number, "url")
        models.add(body["model"])
        if len(models) > 1:
            fault("mismatched_model", "All requests of a batch must be for one model.", number, "body.model")
            models = {body["model"]}
        seen.add(row["custom_id"])
        rows.append(InputRow(row["custom_id"], msgspec.json.encode(body)))
    if not rows and not faults:
        fault("empty_file", "The input file is empty.", None)
    if len(rows) > max_rows:
        fault("too_many_tasks", f"The file has more than {max_rows} requests.", None)
    return rows, faults


def result_lines(batch: StoredBatch) -> tuple[list[bytes], list[bytes]]:
    """Return the lines of the output and of the error file, as the batch's plan has it."""
    plan, rows = batch.plan, batch.rows
    asked = rows if plan.ending == "completed" else rows[: plan.answered]
    numbers = itertools.count(1)
    output: list[bytes] = [*plan.noise]
    errors: list[bytes] = []
    for row in reversed(asked) if plan.is_reversed else asked:
        refusal, reject = plan.refusals.get(row.prompt), plan.rejects.get(row.prompt)
        if reject is not None:
            errors.append(_line(numbers, row, response=None, error=reject))
        elif refusal is not None:
            errors.append(_line(numbers, row, response=_response(refusal[0], {"error": refusal[1]}), error=None))
        else:
            output += _answers(numbers, row, doubles=plan.doubles)
    if plan.names_unasked and plan.ending != "failed":
        code = f"batch_{plan.ending}"
        unasked = {"code": code, "message": "This request could not be executed before the batch ended."}
        errors += [_line(numbers, row, response=None, error=unasked) for row in rows[len(asked) :]]
    return output, errors


def _answers(numbers: Iterator[int], row: InputRow, *, doubles: bool) -> Iterator[bytes]:
    request = decode_request(row.body)
    prompt = prompt_of(request)
    texts = [prompt, f"{prompt} a second time"] if doubles else [prompt]
    for text in texts:
        _, _, body = completion_body(request, text).partition(b"\r\n\r\n")
        yield _line(numbers, row, response=_response(200, json.loads(body)), error=None)


def _response(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"status_code": status, "request_id": "req-stub", "body": body}


def _line(numbers: Iterator[int], row: InputRow, *, response: Any, error: Any) -> bytes:
    shown = {"id": f"batch_req_{next(numbers)}", "custom_id": row.custom_id, "response": response, "error": error}
    return json.dumps(shown).encode()
