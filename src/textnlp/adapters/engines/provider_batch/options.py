"""How a provider's batches are made and waited for."""

from dataclasses import dataclass, replace

from textnlp.adapters.engines.openai_compatible.profile import OPENAI, EndpointProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderBatchOptions:
    """What a provider allows in a batch, and how patiently it is asked.

    Attributes:
        profile: what may stand in a request.
        completions_path: what requests are addressed to, in the file and in the batch.
        gather_seconds: a file is closed when no request has come for so long.
        longest_gather_seconds: a file is closed so long after its first request, whatever still comes.
        max_rows: requests in a file.
        max_bytes: bytes of a file.
        max_enqueued_tokens: prompt tokens of a model that the provider lets wait at a time; None until a refusal tells.
        max_rounds: batches that a request may be in before it is given up.
        first_poll_seconds: pause before a batch is looked at first; it grows by half each time.
        longest_poll_seconds: where the pause stops growing.
        first_retry_seconds: pause before a failed call is made again; it doubles each time.
        longest_retry_seconds: where that pause stops growing.
        max_attempts: how often a call is made that may be given up.
        first_quota_seconds: pause after the provider had no room; it doubles each time, and ends when a batch does.
        longest_quota_seconds: where that pause stops growing; below `abandoned_seconds`, so that others see life.
        max_quota_seconds: requests are given up when the provider has had no room for so long.
        call_seconds: how long one small call may take.
        transfer_seconds: how long the upload or download of one file may take.
        abandoned_seconds: a batch that was recorded and not made is taken for abandoned when untouched for so long;
            above what one call and the pause before it may take.
        linger_seconds: how long a batch stays recorded after its last answer, until callers have stored theirs; above
            `longest_poll_seconds`, so that another process that follows the batch finds its files.
        cancel_on_abandon: whether a batch that nobody waits for any more is cancelled at the provider.
        deletes_files: whether files are deleted at the provider when their batch is done with.
    """

    profile: EndpointProfile = OPENAI
    completions_path: str = "/v1/chat/completions"
    gather_seconds: float = 2.0
    longest_gather_seconds: float = 60.0
    max_rows: int = 50_000
    max_bytes: int = 200_000_000
    max_enqueued_tokens: int | None = None
    max_rounds: int = 3
    first_poll_seconds: float = 5.0
    longest_poll_seconds: float = 60.0
    first_retry_seconds: float = 1.0
    longest_retry_seconds: float = 30.0
    max_attempts: int = 6
    first_quota_seconds: float = 5.0
    longest_quota_seconds: float = 60.0
    max_quota_seconds: float = 24 * 3600.0
    call_seconds: float = 60.0
    transfer_seconds: float = 1800.0
    abandoned_seconds: float = 300.0
    linger_seconds: float = 120.0
    cancel_on_abandon: bool = False
    deletes_files: bool = True


OPENAI_BATCHES = ProviderBatchOptions()
"""OpenAI's limits (platform.openai.com/docs/guides/batch)."""

AZURE_BATCHES = replace(OPENAI_BATCHES, completions_path="/chat/completions")
"""Azure OpenAI's path under `/openai/v1` (learn.microsoft.com, "Getting started with Azure OpenAI batch")."""
