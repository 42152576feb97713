"""A database in memory that can be backed up and restored."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.database_dumper import DatabaseDump, TableShape
from textnlp.ports.database_loader import DatabaseLoad, LedgerFigures

REVISION = "0016"
BALANCED = LedgerFigures(batches=1, input=3, accepted=2, rejected=0, failed=1)


@dataclass(slots=True)
class MemoryDatabase:
    """Satisfies `DatabaseDumper` and `DatabaseLoader`; rows are lines."""

    tables: dict[str, list[bytes]] = field(default_factory=dict[str, list[bytes]])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    referred: list[str] = field(default_factory=list[str])
    figures: LedgerFigures = BALANCED
    is_finished: bool = False

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[DatabaseDump]:
        yield _Dump({name: list(rows) for name, rows in self.tables.items()}, dict(self.numbers), sorted(self.referred))

    async def require_empty(self) -> None:
        if self.tables:
            raise TextNLPError("There are tables already.", kind=ErrorKind.CONFLICT)

    @contextlib.asynccontextmanager
    async def loading(self, revision: str) -> AsyncGenerator[DatabaseLoad]:
        assert revision == REVISION
        load = _Load({}, {}, self.figures)
        yield load
        self.tables, self.numbers = load.tables, load.numbers

    async def finish(self) -> Sequence[str]:
        self.is_finished = True
        return []


@dataclass(slots=True)
class _Dump:
    held: dict[str, list[bytes]]
    numbers: dict[str, int]
    referred: list[str]
    revision: str = REVISION

    async def tables(self) -> Sequence[TableShape]:
        return [TableShape(name=name, columns=("id", "text")) for name in self.held]

    async def rows(self, table: TableShape) -> AsyncGenerator[bytes]:
        for row in self.held[table.name]:
            yield row

    async def sequences(self) -> Mapping[str, int]:
        return self.numbers

    async def references(self) -> AsyncGenerator[bytes]:
        for path in self.referred:
            yield path.encode() + b"\n"


@dataclass(slots=True)
class _Load:
    tables: dict[str, list[bytes]]
    numbers: dict[str, int]
    figures: LedgerFigures

    async def fill(self, table: TableShape, rows: AsyncIterator[bytes]) -> None:
        data = b"".join([piece async for piece in rows])
        self.tables[table.name] = [line + b"\n" for line in data.split(b"\n")[:-1]]

    async def rows(self, table: TableShape) -> AsyncGenerator[bytes]:
        for row in self.tables[table.name]:
            yield row

    async def advance(self, sequences: Mapping[str, int]) -> None:
        self.numbers.update(sequences)

    async def ledger(self) -> LedgerFigures:
        return self.figures
