"""Which columns of a table say what."""

from collections.abc import Sequence

from textnlp.adapters.prompt_files.rows import ROW_FIELDS, find_slip
from textnlp.adapters.prompt_files.sampling import nearest_name
from textnlp.domain.errors import TextNLPError, invalid_input

_SHOWN_COLUMNS = 12
_LONGEST_SHOWN = 40


def choose_columns(names: Sequence[str], *, name: str) -> dict[str, int]:
    """Return the place of each column that says something, by the name of the field; others are the writer's own.

    Case and blanks around the names do not count. Raises `INVALID_INPUT` for the file `name` where there is neither
    `prompt` nor `messages`, where a column stands twice, and where a name looks like a parameter with a slip.
    """
    columns: dict[str, int] = {}
    for place, written in enumerate(names):
        field = written.strip().lower()
        if field in columns:
            raise invalid_input(f"{name} has the column {field!r} twice.", field=field)
        if field in ROW_FIELDS:
            columns[field] = place
        elif meant := find_slip(field):
            raise invalid_input(f"{name} has the column {written!r}; did you mean {meant!r}?", field=written)
    if "prompt" not in columns and "messages" not in columns:
        raise _no_prompts(names, name)
    return columns


def _no_prompts(names: Sequence[str], name: str) -> TextNLPError:
    shown = ", ".join(repr(written[:_LONGEST_SHOWN]) for written in names[:_SHOWN_COLUMNS])
    more = ", …" if len(names) > _SHOWN_COLUMNS else ""
    likely = [written for written in names if nearest_name(written.strip(), ("prompt", "messages"))]
    question = f" Is {likely[0]!r} meant as 'prompt'?" if likely else ""
    return invalid_input(f"{name} has no column 'prompt'. Its columns are {shown}{more}.{question}", field="prompt")
