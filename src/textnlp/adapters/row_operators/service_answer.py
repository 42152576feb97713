"""What a service says of rows."""

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_SHOWN_CHARACTERS = 300


class RowAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What is said of one row."""

    passed: bool
    reason: str | None = None
    score: float | None = None

    @property
    def sentence(self) -> str | None:
        """The reason on one line, shortened; None where there is none."""
        line = " ".join((self.reason or "").split())
        return (line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…") or None


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    results: list[RowAnswer]


_decode = msgspec.json.Decoder(_Answer).decode


def read_answer(body: bytes, *, rows: int, origin: str) -> list[RowAnswer]:
    """Return an answer's results, one a row; raise `BAD_RESPONSE` with field and place for anything else."""
    try:
        results = _decode(body).results
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        what, _, place = str(exc).partition(" - at `$")
        place = place.rstrip("`").lstrip(".")
        raise bad_answer(origin, f"{what[:1].lower()}{what[1:]}", field=place or None) from exc
    if len(results) != rows:
        raise bad_answer(origin, f"it has {len(results):,} for {rows:,} rows", field="results")
    return results


def bad_answer(origin: str, what: str, *, field: str | None = None) -> TextNLPError:
    """Return the error for an answer that makes no sense, with its field and place."""
    place = "" if field is None else f" at {field}"
    return TextNLPError(
        f"{origin} did not say of the rows what it should{place}: {what.rstrip('.')}.",
        kind=ErrorKind.BAD_RESPONSE,
        facts=ErrorFacts(hint='It answers {"results": [{"passed": true, "reason": null, "score": null}]}, one a row.'),
    )
