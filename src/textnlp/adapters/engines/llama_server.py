"""llama.cpp inside this process: loading a model, what it is asked, and how it is let go.

What is relied on here was found out by trying, with xllamacpp 2026.10 on Linux: loading holds the interpreter lock (0.3
seconds for a model of 100 MB), so it is best done before a process serves anybody; generating releases it. A callback
that returns True ends its generation at the next token, or while the prompt is read at the next batch of it. A server
that is destroyed before its loop has begun waits for ever, so each one answers once when it is loaded. A thread that
is still generating while the interpreter goes away crashes the process, so callbacks end every generation once the
main thread has ended. Between two steps its threads spin for milliseconds until the last one is there; where another
process wants the same core, that is a core lost: on 2 cores with 2 busy processes, 19 tokens a second instead of 65
with a shorter spin, which costs nothing (138 against 140) where the cores are free.
"""

import importlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.json_schema import as_plain

TakePiece = Callable[[bytes], bool]
"""Gets each piece of an answer as JSON; returns True to end the generation."""

_MAGIC = b"GGUF"
_MOST_SLOTS = 16
_PROMPT_BATCH_TOKENS = 512
_EMBEDDING_BATCH_TOKENS = 2048
_GUIDANCE = {
    "whitespace_flexible": False,
    "item_separator": ",",
    "key_separator": ":",
    "coerce_one_of": True,
    "lenient": True,
}
"""Compact JSON, since a small model given the choice writes blanks until it is cut off. Keywords that cannot be turned
into a grammar are passed over: whoever asked validates the answer."""

_SPINS = "1000"
_NO_LLAMA = "There may be no xllamacpp for this machine: ask a model elsewhere with --base-url."
_NO_OPENMP = "GNU's OpenMP library is missing. On Debian or Ubuntu: sudo apt-get install libgomp1"
_SPACE_RULE = re.compile(r"^space ::= .*$", re.MULTILINE)
_FIRST_QUESTION = b'{"messages":[{"role":"user","content":"Hello"}],"max_tokens":1,"stream":true}'


class LlamaServer(Protocol):
    """The part of `xllamacpp.Server` that is used."""

    def handle_chat_completions(self, prompt: bytes, callback: TakePiece) -> None:
        """Generate, calling `callback` with each piece; returns when the generation has ended."""
        ...


class LlamaEmbeddingServer(Protocol):
    """The part of `xllamacpp.Server` that turns texts into vectors."""

    def handle_embeddings(self, prompt: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what `/v1/embeddings` would; an error is returned, too."""
        ...


class LlamaStateServer(Protocol):
    """The part of `xllamacpp.Server` by which its port on loopback is found."""

    @property
    def listening_address(self) -> str:
        """Such as `http://127.0.0.1:36595`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StateServer:
    """A model that gives the last layer's state of every token of a text.

    Attributes:
        server: keeps the model as long as it is there.
        key: opens the server's port on loopback, which is the only way to ask it for the states of single tokens.
    """

    server: LlamaStateServer
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSize:
    """How much of the machine a model gets.

    Attributes:
        slots: generations at one time.
        threads: threads that compute.
        context_tokens: prompt and completion together, of one generation; memory is taken for all slots at once.
    """

    slots: int
    threads: int
    context_tokens: int


def usable_cores() -> int:
    """Count the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_size(
    *,
    cores: int,
    slots: int | None = None,
    threads: int | None = None,
    context_tokens: int = 2048,
) -> ServerSize:
    """Fill in what is not given: as many threads as there are real cores, and the slots that write most together.

    On 2 cores, 8 slots wrote 208 tokens a second together, 4 slots 186, 16 slots 201, one 155. More than 16 slots are
    not made, whatever is asked for: they would only take memory.
    """
    real_cores = cores if cores <= 4 else cores // 2  # noqa: PLR2004  small machines rarely count threads as cores
    return ServerSize(
        slots=min(slots or (8 if cores > 1 else 4), _MOST_SLOTS),
        threads=threads or min(real_cores, 8),
        context_tokens=context_tokens,
    )


def load_server(model_file: Path, size: ServerSize) -> LlamaServer:
    """Load a GGUF file and let it answer once; takes about a third of a second for a model of 100 MB.

    Raises `NOT_FOUND` for a missing file, `INVALID_INPUT` for one that is no GGUF file, and `UNAVAILABLE` when
    llama.cpp is not installed or does not take the model.
    """
    llama = _llama(model_file)
    try:
        server: LlamaServer = llama.Server(_parameters(llama, model_file, size))
        server.handle_chat_completions(_FIRST_QUESTION, lambda _: False)
    except RuntimeError as exc:
        raise _not_taken(model_file) from exc
    return server


def load_embedding_server(model_file: Path, size: ServerSize) -> LlamaEmbeddingServer:
    """Load a GGUF file that embeds and let it answer once; raises as `load_server` does.

    Texts of all slots are computed together, and one text must fit into a single step.
    """
    llama = _llama(model_file)
    parameters = _parameters(llama, model_file, size)
    parameters.embedding = True
    parameters.n_batch = parameters.n_ubatch = max(size.context_tokens, _EMBEDDING_BATCH_TOKENS)
    try:
        server: LlamaEmbeddingServer = llama.Server(parameters)
        server.handle_embeddings({"input": "Hello"})
    except RuntimeError as exc:
        raise _not_taken(model_file) from exc
    return server


def load_state_server(model_file: Path, size: ServerSize) -> StateServer:
    """Load a GGUF file of a model that writes, to be asked for states instead; raises as `load_server` does.

    One text must fit into a single step.
    """
    llama = _llama(model_file)
    parameters = _parameters(llama, model_file, size)
    parameters.embedding = True
    parameters.pooling_type = llama.llama_pooling_type.LLAMA_POOLING_TYPE_NONE
    parameters.n_batch = parameters.n_ubatch = size.context_tokens
    try:
        server: Any = llama.Server(parameters)
        server.handle_embeddings({"input": "Hello"})
    except RuntimeError as exc:
        raise _not_taken(model_file) from exc
    return StateServer(server=server, key=parameters.api_keys[0])


def compact_grammar(schema: Mapping[str, Any]) -> str:
    """Return the grammar that keeps an answer to a JSON Schema, without white space between its parts.

    xllamacpp is built with or without llguidance, and takes that one's grammars or GBNF accordingly.
    """
    llama: Any = importlib.import_module("xllamacpp")
    grammar: str = llama.json_schema_to_grammar(msgspec.json.encode(schema, enc_hook=as_plain))
    if grammar.startswith("%llguidance"):
        return guidance_grammar(schema)
    return without_space(grammar)


def guidance_grammar(schema: Mapping[str, Any]) -> str:
    """Write a JSON Schema as a grammar of llguidance (github.com/guidance-ai/llguidance, docs/json_schema.md)."""
    return (
        "%llguidance {}\nstart: %json "
        + msgspec.json.encode({**schema, "x-guidance": _GUIDANCE}, enc_hook=as_plain).decode()
    )


def without_space(grammar: str) -> str:
    """Take the white space out of a GBNF grammar that llama.cpp made from a JSON Schema."""
    return _SPACE_RULE.sub('space ::= ""', grammar)


def _llama(model_file: Path) -> Any:
    """Bring llama.cpp in for a file that is there."""
    _require_model(model_file)
    # GNU's OpenMP library reads this once, when llama.cpp brings it in.
    os.putenv("GOMP_SPINCOUNT", _SPINS)
    try:
        return importlib.import_module("xllamacpp")
    except ImportError as exc:
        raise TextNLPError(
            f"The embedded engine cannot be loaded: {exc}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint=_NO_OPENMP if "libgomp" in str(exc) else _NO_LLAMA),
        ) from exc


def _not_taken(model_file: Path) -> TextNLPError:
    return TextNLPError(
        f"llama.cpp does not take the model file {model_file.name}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint="It may be damaged, too large for the memory, or of a kind that is not known yet."),
    )


def _require_model(model_file: Path) -> None:
    try:
        with model_file.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as exc:
        raise TextNLPError(
            f"The model file {model_file} cannot be read: {(exc.strerror or 'error').lower()}.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint="Fetch it with `textnlp model pull`, or set TEXTNLP_MODEL_FILE to a GGUF file."),
        ) from exc
    if magic != _MAGIC:
        raise TextNLPError(
            f"The model file {model_file} is no GGUF file.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Set TEXTNLP_MODEL_FILE to a file in llama.cpp's format."),
        )


def _parameters(llama: Any, model_file: Path, size: ServerSize) -> Any:
    parameters = llama.CommonParams()
    parameters.model.path = str(model_file)
    parameters.n_parallel = size.slots
    parameters.n_ctx = size.slots * size.context_tokens
    parameters.n_batch = _PROMPT_BATCH_TOKENS
    parameters.cpuparams.n_threads = size.threads
    parameters.cpuparams_batch.n_threads = size.threads
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.fit_params = False
    parameters.cache_ram_mib = 0
    # The server opens a port on loopback that nobody here uses; a key that nobody knows keeps it shut.
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.n_threads_http = 1
    parameters.ui = False
    parameters.endpoint_slots = False
    return parameters
