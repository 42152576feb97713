"""The page of errors, read from the closed set of them and from what HTTP and commands make of each."""

from tools.markdown import table

from textnlp.api.problems import STATUSES
from textnlp.cli.exit_codes import ExitCode, exit_code_of
from textnlp.domain.errors import RETRYABLE_KINDS, ErrorKind, TextNLPError

_MEANINGS = {
    ExitCode.DONE: "everything was done",
    ExitCode.ERROR: "it could not be done; the message says why",
    ExitCode.WRONG_USE: "options, files or recipes that are wrong; the message names the place",
    ExitCode.FAILED_ROWS: "done, but rows failed or were rejected; they are listed",
    ExitCode.LIMIT: "a budget, or a limit of the recipe, ended it",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; the same command goes on",
}


def errors_page() -> str:
    """Return the page that lists every code with its status, its exit code and whether trying again may help."""
    rows = [
        [
            f"`{kind.value}`",
            f"{STATUSES[kind][0].value}",
            STATUSES[kind][1],
            f"{exit_code_of(TextNLPError('', kind=kind)).value}",
            "yes" if kind in RETRYABLE_KINDS else "no",
        ]
        for kind in ErrorKind
    ]
    exits = [[str(code.value), _MEANINGS[code]] for code in ExitCode]
    lines = [
        "# Errors",
        "",
        "Whatever goes wrong has one of these codes: in problem documents (RFC 9457) as `code` and at the end of",
        "`type`, `urn:textnlp:problem:CODE`; in `errors.jsonl`; in the ledger of rows. The code is stable, the",
        "sentence is not.",
        "",
        *table(["code", "HTTP status", "title", "exit code", "trying the same again may help"], rows),
        "",
        "`invalid_input` is 422 where the input could be read and a field of it is wrong, which the problem names.",
        "`unauthenticated` and `forbidden` are 502 where a model's endpoint refused the platform's own key.",
        "Under `/v1` and `/openai` errors have the form that OpenAI's clients know, with the same sentence.",
        "",
        "A problem document also holds `detail`, `hint` (what to do next), `field`, `line` and `column` where there",
        "are any, `limit_name`, `retry_after_seconds`, and `request_id`, by which the platform's log is searched.",
        "",
        "## Exit codes",
        "",
        *table(["exit code", "says"], exits),
        "",
    ]
    return "\n".join(lines)
