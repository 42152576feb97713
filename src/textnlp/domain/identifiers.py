"""Identifiers: a prefix that says what a thing is, then 26 characters that sort by the time of creation."""

import os
import secrets
from datetime import UTC, datetime
from typing import NewType

BackupId = NewType("BackupId", str)
BatchId = NewType("BatchId", str)
ClaimId = NewType("ClaimId", str)
ErasureId = NewType("ErasureId", str)
ClientId = NewType("ClientId", str)
BudgetId = NewType("BudgetId", str)
ChatCompletionId = NewType("ChatCompletionId", str)
DeliveryId = NewType("DeliveryId", str)
FileId = NewType("FileId", str)
GenerationId = NewType("GenerationId", str)
MessageId = NewType("MessageId", str)
ProviderBatchKey = NewType("ProviderBatchKey", str)
SignInId = NewType("SignInId", str)
RequestId = NewType("RequestId", str)
ReviewId = NewType("ReviewId", str)
RunId = NewType("RunId", str)
SessionId = NewType("SessionId", str)
UsageId = NewType("UsageId", str)
ValidationId = NewType("ValidationId", str)
WebhookId = NewType("WebhookId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARACTERS = 10
_RANDOM_CHARACTERS = 16
_RANDOM_BYTES = 10
_FETCHED_BYTES = 1280
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]


def new_backup_id(now: datetime) -> BackupId:
    """Make an id of the form `backup_<26 characters>` for a backup that is taken at `now`."""
    return BackupId(_new_identifier("backup", now))


def is_backup_id(text: str) -> bool:
    """Whether `text` has the form of a backup's id."""
    return _has_form(text, "backup")


def moment_of_backup(backup_id: str) -> datetime:
    """Return when a backup was taken, to the millisecond below, by its id."""
    milliseconds = 0
    for character in backup_id.partition("_")[2][:_TIME_CHARACTERS]:
        milliseconds = milliseconds << 5 | _ALPHABET.index(character)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def new_batch_id(now: datetime) -> BatchId:
    """Make an id of the form `batch_<26 characters>` for a batch created at `now`."""
    return BatchId(_new_identifier("batch", now))


def new_erasure_id(now: datetime) -> ErasureId:
    """Make an id of the form `erasure_<26 characters>` for an erasure that begins at `now`."""
    return ErasureId(_new_identifier("erasure", now))


def new_claim_id(now: datetime) -> ClaimId:
    """Make an id of the form `claim_<26 characters>` for a call that claims an idempotency key at `now`."""
    return ClaimId(_new_identifier("claim", now))


def new_client_id(now: datetime) -> ClientId:
    """Make an id of the form `client_<26 characters>` for a client of the API registered at `now`."""
    return ClientId(_new_identifier("client", now))


def is_client_id(text: str) -> bool:
    """Whether `text` has the form of a registered client's id, which nobody else's name may have."""
    return text.startswith("client_")


def new_budget_id(now: datetime) -> BudgetId:
    """Make an id of the form `budget_<26 characters>` for a budget set first at `now`."""
    return BudgetId(_new_identifier("budget", now))


def new_chat_completion_id(now: datetime) -> ChatCompletionId:
    """Make an id of the form `chatcmpl-<26 characters>`, as OpenAI's clients know it."""
    return ChatCompletionId(f"chatcmpl-{_sortable(now)}")


def new_file_id(now: datetime) -> FileId:
    """Make an id of the form `file-<26 characters>`, as OpenAI's clients know it."""
    return FileId(f"file-{_sortable(now)}")


def new_generation_id(now: datetime) -> GenerationId:
    """Make an id of the form `gen_<26 characters>` for a generation asked for at `now`."""
    return GenerationId(_new_identifier("gen", now))


def new_provider_batch_key(now: datetime) -> ProviderBatchKey:
    """Make a key of the form `pbatch_<26 characters>` for a batch that is handed to a provider at `now`."""
    return ProviderBatchKey(_new_identifier("pbatch", now))


def new_request_id(now: datetime) -> RequestId:
    """Make an id of the form `req_<26 characters>` for an HTTP request that brought none."""
    return RequestId(_new_identifier("req", now))


def new_review_id(now: datetime) -> ReviewId:
    """Make an id of the form `review_<26 characters>` for a review created at `now`."""
    return ReviewId(_new_identifier("review", now))


def new_run_id(now: datetime) -> RunId:
    """Make an id of the form `run_<26 characters>` for a dataset whose making begins at `now`."""
    return RunId(_new_identifier("run", now))


def is_run_id(text: str) -> bool:
    """Whether `text` has the form of a dataset's id on a platform."""
    return _has_form(text, "run")


def new_session_id(now: datetime) -> SessionId:
    """Make an id of the form `session_<26 characters>` for a session of the console that begins at `now`."""
    return SessionId(_new_identifier("session", now))


def new_sign_in_id(now: datetime) -> SignInId:
    """Make an id of the form `signin_<26 characters>` for what a person allows a program at `now`."""
    return SignInId(_new_identifier("signin", now))


def new_usage_id(now: datetime) -> UsageId:
    """Make an id of the form `use_<26 characters>` for a call to a model that is charged from `now` on."""
    return UsageId(_new_identifier("use", now))


def new_validation_id(now: datetime) -> ValidationId:
    """Make an id of the form `val_<26 characters>` for a file that was handed in at `now` to be looked at."""
    return ValidationId(_new_identifier("val", now))


def new_webhook_id(now: datetime) -> WebhookId:
    """Make an id of the form `hook_<26 characters>` for a webhook registered at `now`."""
    return WebhookId(_new_identifier("hook", now))


def new_delivery_id(now: datetime) -> DeliveryId:
    """Make an id of the form `msg_<26 characters>` for an event that a webhook is told of."""
    return DeliveryId(_new_identifier("msg", now))


def _has_form(text: str, wanted: str) -> bool:
    prefix, _, rest = text.partition("_")
    return prefix == wanted and len(rest) == _TIME_CHARACTERS + _RANDOM_CHARACTERS and set(rest) <= set(_ALPHABET)


def _new_identifier(prefix: str, now: datetime) -> str:
    return f"{prefix}_{_sortable(now)}"


class _RandomBytes:
    """Random bytes of the operating system, fetched many at a time, because a call of it costs more than an id."""

    def __init__(self) -> None:
        self._left = b""
        os.register_at_fork(after_in_child=self._forget)

    def take(self, count: int) -> bytes:
        """Return bytes that nobody else gets."""
        if len(self._left) < count:
            self._left = secrets.token_bytes(_FETCHED_BYTES)
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def _forget(self) -> None:
        self._left = b""


_RANDOM = _RandomBytes()


def _sortable(now: datetime) -> str:
    """Join milliseconds and 80 random bits in Crockford's base 32, as ULID does (github.com/ulid/spec)."""
    milliseconds = int(now.timestamp() * 1000)
    random_bits = int.from_bytes(_RANDOM.take(_RANDOM_BYTES), "big")
    return _base32(milliseconds, _TIME_CHARACTERS) + _base32(random_bits, _RANDOM_CHARACTERS)


def _base32(number: int, width: int) -> str:
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(5 * width - 10, -1, -10)])
