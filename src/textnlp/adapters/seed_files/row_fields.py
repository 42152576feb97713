"""Which fields of files of rows become columns."""

import re
from collections.abc import Iterable, Iterator, Sequence

from textnlp.adapters.seed_files.record import SeedRecord
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.part import MAX_COLUMNS, NAME_PATTERN

_NAME = re.compile(NAME_PATTERN)
_SHOWN = 20
_MOST_NOTED = 10_000


class RowFields:
    """Collects the fields of one file after another, and says at the end which are columns.

    Where a recipe names fields, each must be in every file that has a header, and in at least one row of the others.
    Where it names none, all fields are used, and files with a header must have the same. A row of JSON Lines that
    leaves a field out has null there.
    """

    def __init__(self, wanted: Sequence[str] | None) -> None:
        self._wanted = None if wanted is None else tuple(dict.fromkeys(wanted))
        self._headers: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, None] = {}

    @property
    def wanted(self) -> frozenset[str] | None:
        """The fields that the recipe names; None for all."""
        return None if self._wanted is None else frozenset(self._wanted)

    def add_header(self, header: tuple[str, ...], *, name: str) -> None:
        """Take note of a file whose rows all have the fields of `header`."""
        self._headers[name] = header
        for missing in self._wanted or ():
            if missing not in header:
                raise _missing(missing, header, name)
        self._note(header, name)

    def watch(self, records: Iterable[SeedRecord], *, name: str) -> Iterator[SeedRecord]:
        """Yield `records` with the fields that are wanted, taking note of all that they have."""
        wanted = self.wanted
        last: Iterable[str] = ()
        for record in records:
            if (keys := record.values.keys()) != last:
                self._note(keys, name)
                last = keys
            if wanted is None or keys <= wanted:
                yield record
            else:
                kept = {field: value for field, value in record.values.items() if field in wanted}
                yield SeedRecord(kept, record.origin)

    def chosen(self) -> tuple[str, ...]:
        """Return the columns in the order of the recipe, else in the order in which they were met."""
        if self._wanted is not None:
            for field in self._wanted:
                if field not in self._seen:
                    raise _missing(field, tuple(self._seen), None)
            return self._wanted
        for name, header in self._headers.items():
            for field in self._seen:
                if field not in header:
                    raise _missing(field, header, name)
        return tuple(self._seen)

    def _note(self, fields: Iterable[str], name: str) -> None:
        for field in fields:
            if field in self._seen:
                continue
            if self._wanted is not None and field not in self._wanted and len(self._seen) >= _MOST_NOTED:
                continue
            if self._wanted is None and not _NAME.fullmatch(field):
                raise TextNLPError(
                    f"The field {field[:100]!r} of {name} cannot be the name of a column: that is a letter, then"
                    " letters, digits and underscores, 64 at most.",
                    kind=ErrorKind.INVALID_INPUT,
                    facts=ErrorFacts(field="seeds.fields", hint="Rename it, or list under fields those that are used."),
                )
            self._seen[field] = None
            if self._wanted is None and len(self._seen) > MAX_COLUMNS:
                raise TextNLPError(
                    f"{name} has more than {MAX_COLUMNS} fields.",
                    kind=ErrorKind.INVALID_INPUT,
                    facts=ErrorFacts(field="seeds.fields", hint="List under fields those that are used."),
                )


def _missing(field: str, there: Sequence[str], name: str | None) -> TextNLPError:
    shown = ", ".join(repr(known[:64]) for known in there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
    where = f" in {name}" if name else ""
    return TextNLPError(
        f"There is no field {field!r}{where}. There are {shown or 'none'}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(field="seeds.fields"),
    )
