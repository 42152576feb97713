"""Lines of requests and of results."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import msgspec

from textnlp.adapters.engines.openai_compatible.faults import error_from_event, error_from_response
from textnlp.adapters.engines.openai_compatible.wire import decode_completion
from textnlp.adapters.engines.provider_batch.documents import UNASKED_CODES, BatchFault, ResultRow
from textnlp.adapters.engines.provider_batch.flights import Outcome
from textnlp.domain.batches.requests import PAYLOAD_HASH_BYTES
from textnlp.domain.errors import ErrorFacts, TextNLPError
from textnlp.ports.clock import Clock

_DECODER = msgspec.json.Decoder(ResultRow)


def request_line(key: bytes, body: bytes, *, path: str) -> bytes:
    """Return one line of a file of requests, with its line end; `body` is JSON without one."""
    head = b'{"custom_id":"%b","method":"POST","url":%b,"body":' % (key.hex().encode(), msgspec.json.encode(path))
    return b"%b%b}\n" % (head, body)


class ResultReader:
    """Reads lines of output and error files.

    Args:
        origin: who answered, for messages.
        clock: part of what errors are made of.
    """

    def __init__(self, *, origin: str, clock: Clock) -> None:
        self._origin = origin
        self._clock = clock

    def read(self, line: bytes, *, model: str) -> tuple[bytes, Outcome] | None:
        """Return the key of a request and what became of it.

        None stands for a request that was never put to the model, and for a line that is no result; the request then
        counts as not answered. A refusal has the kind that it would have online.
        """
        try:
            row = _DECODER.decode(line)
            key = bytes.fromhex(row.custom_id)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
            return None
        if len(key) != PAYLOAD_HASH_BYTES or _code_of(row.error) in UNASKED_CODES:
            return None
        outcome = self._outcome(row, model)
        return None if outcome is None else (key, outcome)

    def _outcome(self, row: ResultRow, model: str) -> Outcome | None:
        response = row.response
        if response is None or response.status_code == 0:
            return error_from_event(row.error, origin=self._origin) if row.error else None
        if response.status_code == HTTPStatus.OK:
            try:
                return decode_completion(bytes(response.body), model=model)
            except TextNLPError as error:
                return error
        return error_from_response(
            response.status_code, headers={}, body=bytes(response.body), now=self._clock.now(), origin=self._origin
        )


def error_from_fault(fault: BatchFault, *, origin: str, now: datetime) -> TextNLPError:
    """Make the error for a file that the provider found not fit, with the line where it says so."""
    said = {"code": fault.code, "message": fault.message or fault.code or "no reason given", "param": fault.param}
    online = error_from_response(
        HTTPStatus.BAD_REQUEST, headers={}, body=msgspec.json.encode(said), now=now, origin=origin
    )
    place = "" if fault.line_number is None else f" at line {fault.line_number}"
    return TextNLPError(
        f"{origin} refused the file of the batch{place}: {said['message']}",
        kind=online.kind,
        facts=ErrorFacts(hint=online.facts.hint, field=fault.param, line=fault.line_number),
    )


def _code_of(error: Any) -> str | None:
    code = cast("dict[str, Any]", error).get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
