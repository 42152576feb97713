"""What takes bytes from strangers, each as a function of bytes that may raise nothing.

`test_targets` drives them with hypothesis on every run, `hunt` with atheris for as long as one likes.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from tests.doubles.clock import ManualClock
from tests.factories.signed_tokens import ISSUER, FakeIssuer, rsa_key
from textnlp.adapters.engines.openai_compatible.server_sent_events import EventParser
from textnlp.adapters.identity.either import KeyOrTokenAuthenticator
from textnlp.adapters.identity.key_authenticator import KeyAuthenticator
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.structured import output_schema
from textnlp.domain.identity.api_key import KEY_START, parse_key
from textnlp.domain.identity.claims import TokenRules
from textnlp.domain.messaging.filters import compile_filter

FILE_KINDS = ("jsonl", "json", "csv", "txt", "parquet", "jsonl.gz")
_MOST_EVENT_BYTES = 1_000
_Result = TypeVar("_Result")


def credential(data: bytes) -> None:
    """Authenticate with the bytes of an Authorization header: as they are, as an API key and as a token."""
    text = data.decode("latin-1")
    with asyncio.Runner() as runner:
        for each in (text, KEY_START + text, f"{text}.{text}.{text}"):
            _allowed(lambda each=each: runner.run(_authenticated(each)), ErrorKind.UNAUTHENTICATED)


def api_key(data: bytes) -> None:
    """Read an API key."""
    text = data.decode("utf-8", "replace")
    for each in (text, KEY_START + text):
        key = _allowed(lambda each=each: parse_key(each), ErrorKind.UNAUTHENTICATED)
        assert key is None or key.text == each


def message_filter(data: bytes) -> None:
    """Compile a subscription's filter, and ask it of messages."""
    matches = _allowed(lambda: compile_filter(data.decode("utf-8", "replace")), ErrorKind.INVALID_INPUT)
    if matches is not None:
        for value in (None, True, 2**63 - 1, -0.5, "", "Completed' OR 1=1"):
            assert matches({"Status": value, "a": value}) in {True, False}


def server_sent_events(data: bytes) -> None:
    """Cut a stream into events, in pieces of the size that its first byte says."""
    size = 1 + (data[0] if data else 0)
    parser = EventParser(max_event_bytes=_MOST_EVENT_BYTES)
    for start in range(1, len(data), size):
        events = _allowed(lambda at=start: parser.feed(data[at : at + size]), ErrorKind.BAD_RESPONSE)
        if events is None:
            return
        assert all(b"\n" not in event or b"data" in data for event in events)


def structured_answer(data: bytes) -> None:
    """Hold what a model wrote, behind a zero byte, against what a caller wrote as its schema."""
    schema_text, _, answer = data.partition(b"\0")
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        schema = msgspec.json.decode(schema_text, type=dict[str, Any])
        compiled = _allowed(lambda: output_schema(schema), ErrorKind.INVALID_INPUT)
        if compiled is not None:
            read = compiled.read(answer.decode("utf-8", "replace"))
            assert not isinstance(read, str) or msgspec.json.decode(read) is not ...


def prompt_file(data: bytes) -> None:
    """Read a file of prompts, of the kind that its first byte says."""
    kind = FILE_KINDS[data[0] % len(FILE_KINDS)] if data else FILE_KINDS[0]
    with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
        path = Path(folder) / f"p.{kind}"
        path.write_bytes(data[1:])
        rows = _allowed(lambda: list(_rows_of(path)), ErrorKind.INVALID_INPUT, ErrorKind.TOO_LARGE)
    if rows is not None:
        assert [row.index for row in rows] == list(range(len(rows)))


TARGETS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {
        target.__name__: target
        for target in (credential, api_key, message_filter, server_sent_events, structured_answer, prompt_file)
    }
)


def _rows_of(path: Path) -> Iterator[PromptRow | BadRow]:
    return open_prompt_file(path).rows()


async def _authenticated(text: str) -> str:
    clock = ManualClock()
    keys = SigningKeys(FakeIssuer(rsa_key("a")).fetch, issuer=ISSUER, clock=clock)
    tokens = TokenAuthenticator(rules=TokenRules(issuer=ISSUER), keys=keys, clock=clock)
    door = KeyOrTokenAuthenticator(keys=KeyAuthenticator(MemoryClientRegistry(), clock=clock), tokens=[tokens])
    return (await door.authenticate(text)).subject


def _allowed(call: Callable[[], _Result], *kinds: ErrorKind) -> _Result | None:
    """Return what `call` returns, None where it raises an error of one of `kinds`; all else is a find."""
    try:
        return call()
    except TextNLPError as error:
        if error.kind in kinds:
            return None
        raise
