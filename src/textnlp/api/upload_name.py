"""The name of a file that is sent, for its ending says how it is read."""

from email.message import Message

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_ENDINGS = {
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/jsonlines": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/x-parquet": ".parquet",
    "text/csv": ".csv",
    "text/plain": ".txt",
}
_NAMELESS = "prompts"


def upload_name(given: str | None, *, content_type: str) -> str:
    """Return the name of a file: the one given, with the ending of its content type where it has none.

    Raises `INVALID_INPUT` when neither says what kind of file it is.
    """
    ending = _ENDINGS.get(content_type.partition(";")[0].strip().lower())
    name = given or _NAMELESS
    if "." in name.replace("\\", "/").rpartition("/")[2].lstrip("."):
        return name
    if ending is None:
        raise TextNLPError(
            "Nothing says what kind of file this is.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(
                hint="Add the file's name, as in ?name=prompts.jsonl, or send a Content-Type such as application/json.",
                field="name",
            ),
        )
    return name + ending


def name_in_disposition(header: str) -> str | None:
    """Return the file name of a Content-Disposition header, in either of its two forms."""
    parsed = Message()
    parsed["Content-Disposition"] = header
    return parsed.get_filename()
