"""The input file of a job, read line by line into requests, or into what is wrong with it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from textnlp.domain.batches.job import JobFault
from textnlp.domain.batches.job_lines import INVALID_REQUEST, BodyReader, ChatOrder, read_job_line
from textnlp.domain.batches.model import PromptRow
from textnlp.domain.batches.requests import encode_request
from textnlp.domain.batches.slice_layout import SliceLayout

MOST_FAULTS = 100
_BOM = b"\xef\xbb\xbf"
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """How large an input file may be."""

    max_lines: int
    max_line_bytes: int


@dataclass(slots=True, kw_only=True)
class JobReader:
    """Reads the lines of one input file in order; blank ones are no requests.

    All requests ask one model: the batch says which it is, and its calls share one deployment's limits. Where a line
    names none it is `default_model`. Memory grows by some hundred bytes a line, of which there are not many.

    Attributes:
        faults: what is wrong, the first hundred at most; where there is any, nothing of the file is asked.
        layout: the slices that the requests are cut into.
        model: the model of all requests, None before the first.
    """

    endpoint: str
    read_body: BodyReader
    default_model: str
    limits: JobLimits
    layout: SliceLayout
    faults: list[JobFault] = field(default_factory=list[JobFault])
    model: str | None = None
    _lines: int = 0
    _is_too_long: bool = False
    _seen: dict[bytes, int] = field(default_factory=dict[bytes, int])

    @property
    def is_hopeless(self) -> bool:
        """Whether reading on would tell nothing more."""
        return self._is_too_long or len(self.faults) >= MOST_FAULTS

    def take(self, lines: Sequence[bytes]) -> bytes:
        """Read the next lines, without their line ends; return them as lines of the requests blob."""
        return b"".join([self._take(line) for line in lines if not self.is_hopeless])

    def finish(self) -> None:
        """Close the last slice; a file without a request is a fault."""
        self.layout.close_slice()
        if not self.faults and not self.layout.rows:
            self.faults.append(JobFault(code="empty_file", message="The input file holds no request."))

    def _take(self, raw: bytes) -> bytes:
        self._lines += 1
        if self._lines == 1:
            raw = raw.removeprefix(_BOM)
        if not raw.strip():
            return b""
        if len(raw) > self.limits.max_line_bytes:
            message = f"The line has more than {self.limits.max_line_bytes:,} bytes."
            return self._refuse(JobFault(code=INVALID_REQUEST, message=message))
        if self.layout.rows >= self.limits.max_lines:
            self._is_too_long = True
            message = f"The input file holds more than {self.limits.max_lines:,} requests."
            return self._refuse(JobFault(code="too_many_tasks", message=message))
        found = read_job_line(raw, endpoint=self.endpoint, read_body=self.read_body)
        return self._refuse(found) if isinstance(found, JobFault) else self._accept(*found)

    def _accept(self, custom_id: str, order: ChatOrder) -> bytes:
        fault = self._repeated(custom_id) or self._other_model(order)
        if fault is not None:
            return self._refuse(fault)
        row = PromptRow(
            index=self.layout.rows,
            id=custom_id,
            has_own_id=True,
            line=self._lines,
            messages=order.messages,
            parameters=order.parameters,
            chat=order.chat,
        )
        request = encode_request(row)
        self.layout.add(len(request))
        return request

    def _repeated(self, custom_id: str) -> JobFault | None:
        digest = hashlib.blake2b(custom_id.encode(), digest_size=_DIGEST_BYTES).digest()
        first = self._seen.setdefault(digest, self._lines)
        if first == self._lines:
            return None
        message = f"The custom_id {custom_id!r} stands on line {first} already."
        return JobFault(code="duplicate_custom_id", message=message, param="custom_id")

    def _other_model(self, order: ChatOrder) -> JobFault | None:
        named = order.model or self.default_model
        self.model = self.model or named
        if named == self.model:
            return None
        message = f"The model is {named!r}, while earlier lines ask {self.model!r}; a batch asks one model."
        return JobFault(code="model_mismatch", message=message, param="body.model")

    def _refuse(self, fault: JobFault) -> bytes:
        placed = JobFault(code=fault.code, message=fault.message, param=fault.param, line=self._lines)
        self.faults.append(placed)
        return b""
