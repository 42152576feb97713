"""Find out whether files can be learnt from, before anything is sent."""

import asyncio
from hashlib import sha256

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.tuning.examples import MAX_FILE_BYTES, count_examples
from textnlp.domain.tuning.model import ExampleFile
from textnlp.ports.example_source import ExampleSource


async def look_at_examples(source: ExampleSource, *, field: str, min_examples: int) -> ExampleFile:
    """Return what a file holds; raise what `count_examples` does, and `TOO_LARGE` for one that no provider takes."""
    if source.size_bytes > MAX_FILE_BYTES:
        raise TextNLPError(
            f"{source.name} has {source.size_bytes:,} bytes; a provider takes {MAX_FILE_BYTES:,}.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(hint="Leave examples out, or shorten them.", field=field),
        )
    return await asyncio.to_thread(_looked_at, source, field, min_examples)


def _looked_at(source: ExampleSource, field: str, min_examples: int) -> ExampleFile:
    examples = count_examples(source.lines(), name=source.name, field=field, min_examples=min_examples)
    digest = sha256()
    for piece in source.pieces():
        digest.update(piece)
    return ExampleFile(name=source.name, size_bytes=source.size_bytes, sha256=digest.hexdigest(), examples=examples)
