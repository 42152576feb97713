"""What rows are compared with, wired with the files and threads that it takes."""

import contextlib
import tempfile
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from textnlp.adapters.engines.llama_server import usable_cores
from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.domain.duplicates.benchmark_index import BenchmarkIndex
from textnlp.domain.duplicates.text_index import TextIndex, text_index
from textnlp.domain.validation.decontamination_operator import DecontaminationOperator
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.outside_checks import DecontaminationCheck
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_duplicates import MakeTextIndex, RowDuplicates
from textnlp.settings import Settings

_ROWS_AT_ONCE = 10_000


@contextlib.contextmanager
def corpus_index(folder: Path, *, ray: Any | None = None, settings: Settings | None = None) -> Generator[MakeTextIndex]:
    """Return what makes indexes that work on all cores and keep what they can in an unnamed file in a folder.

    Near-duplicates are looked for on the cluster of `ray` where there is one, texts that mean the same only where
    `settings` say how to run the model that tells.
    """
    with contextlib.ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(usable_cores()))

        def make(check: Deduplication) -> TextIndex:
            if ray is not None and check.method == "near" and check.threshold < 1:
                from textnlp.adapters.ray_engine.ray_text_index import RayTextIndex  # noqa: PLC0415  for clusters alone

                return RayTextIndex(ray, threshold=check.threshold)
            if check.method == "semantic" and settings is not None:
                from textnlp.bootstrap.text_embedder import text_embedder  # noqa: PLC0415  a model, for this alone

                embed = stack.enter_context(text_embedder(settings))
                return text_index("semantic", threshold=check.threshold, embed=embed)
            spill = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            return text_index(check.method, threshold=check.threshold, spill=spill, executor=threads)

        yield make


def prime_from_files(duplicates: RowDuplicates, check: Deduplication, base: Path) -> None:
    """Let no row repeat those of the files that a check names; raises what opening and reading them raises."""
    for name in check.against:
        for records in _records(base / name):
            duplicates.prime(records, dataset=name)


def benchmark_operator(check: DecontaminationCheck, base: Path) -> DecontaminationOperator:
    """Return the operator that knows the benchmarks a check names; raises what opening and reading them raises."""
    index = BenchmarkIndex(words=check.words)
    for name in check.files:
        for records in _records(base / name):
            for file, of_file in groupby(records, key=lambda record: record.file):
                texts = [(text, record.line) for record in of_file for text in _texts(record)]
                index.add([text for text, _ in texts], file=file, lines=[line for _, line in texts])
    return DecontaminationOperator(check, index)


def _texts(record: Record) -> list[str]:
    return [value for value in record.values.values() if isinstance(value, str)]


def _records(path: Path) -> Iterator[list[Record]]:
    found = (record for record in open_records(path).records() if isinstance(record, Record))
    while batch := list(islice(found, _ROWS_AT_ONCE)):
        yield batch
