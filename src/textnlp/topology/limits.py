"""Limits: how often, how much and how long, the same numbers on a laptop and behind API Management."""

from dataclasses import dataclass

RATE_LIMIT = "rate-limit"
QUOTA = "quota"
TOKEN_LIMIT = "token-limit"  # noqa: S105  a limit's name

_DAY = 86_400
_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallLimit:
    """How much one caller may use in one period; what is above is refused with 429 and this limit's name.

    Attributes:
        counts: what is counted, `calls` or `tokens`.
        allowed: how many in one period.
        renewal_seconds: length of the period.
        counted_by: what makes two calls the same caller's.
    """

    name: str
    counts: str
    allowed: int
    renewal_seconds: int
    counted_by: str = "caller"

    def __post_init__(self) -> None:
        """Refuse a limit that lets nothing through or never renews."""
        if self.allowed <= 0 or self.renewal_seconds <= 0:
            raise ValueError(
                f"limit '{self.name}': allows {self.allowed} in {self.renewal_seconds} seconds, both must be positive"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """Sizes and times that every process keeps to.

    Attributes:
        max_request_body_bytes: body of a call; larger is refused with 413.
        max_upload_bytes: a file of prompts sent in one call.
        form_overhead_bytes: what a form may take beyond the file in it.
        max_header_bytes: what is kept of the headers of a call while they come in; a call whose headers do not fit,
            give or take one read, is refused with 431.
        header_timeout_seconds: from when a connection is idle until the headers of the next call have come.
        body_pause_seconds: between two pieces of a body; a slower sender is refused with 408.
        request_timeout_seconds: a whole call; the private link in front of the gateway idles out after 300 seconds,
            so that longer work is streamed or asynchronous.
        attempt_timeout_seconds: one attempt at a model.
        generation_deadline_seconds: one generation with all its attempts.
        openai_batch_lines: lines of one OpenAI batch file; longer input is split for a provider.
        openai_batch_bytes: size of one OpenAI batch file.
        completion_window_seconds: how long a batch that OpenAI's clients create may take.
        slice_rows: rows that travel as one message of the batch queue.
        flush_interval_seconds: longest time that a finished row waits to be written.
        flush_rows: finished rows that are written without waiting for the interval.
        max_row_bytes: one row of an input; a longer one is listed as failed.
        max_embedding_inputs: texts of one request for embeddings.
        max_embedding_characters: length of all of them together, in characters, or in tokens where they come as such.
        usage_interval_seconds: how often usage is added up into metrics.
        sweep_interval_seconds: how often what has expired is looked for and removed.
        webhooks_per_tenant: webhooks that one tenant may have.
        webhook_timeout_seconds: one post of an event to a webhook; Standard Webhooks recommends 15 to 30.
        idempotency_seconds: how long an answer is given again to whoever repeats the call with its key.
        idempotency_lease_seconds: how long a call keeps its key from others, should its process die.
        idempotency_answer_bytes: the largest answer that is kept.
        download_link_seconds: how long a link to a file in the blob store can be used.
    """

    max_request_body_bytes: int = 10 * _MEGABYTE
    max_upload_bytes: int = 200 * _MEGABYTE
    form_overhead_bytes: int = _MEGABYTE
    max_header_bytes: int = 65_536
    header_timeout_seconds: float = 30.0
    body_pause_seconds: float = 20.0
    request_timeout_seconds: int = 290
    attempt_timeout_seconds: int = 120
    generation_deadline_seconds: int = 600
    openai_batch_lines: int = 50_000
    openai_batch_bytes: int = 200 * _MEGABYTE
    completion_window_seconds: int = _DAY
    slice_rows: int = 200
    flush_interval_seconds: float = 0.25
    flush_rows: int = 1_000
    max_row_bytes: int = _MEGABYTE
    max_embedding_inputs: int = 2_048
    max_embedding_characters: int = 1_200_000
    usage_interval_seconds: int = 300
    sweep_interval_seconds: int = 300
    webhooks_per_tenant: int = 50
    webhook_timeout_seconds: int = 15
    idempotency_seconds: int = _DAY
    idempotency_lease_seconds: int = 300
    idempotency_answer_bytes: int = _MEGABYTE
    download_link_seconds: int = 900

    def __post_init__(self) -> None:
        """Refuse times that cannot nest and sizes that cannot hold each other."""
        if not self.attempt_timeout_seconds <= self.generation_deadline_seconds:
            raise ValueError(
                f"limits: attempt_timeout_seconds is {self.attempt_timeout_seconds}, longer than "
                f"generation_deadline_seconds, {self.generation_deadline_seconds}"
            )
        if not self.request_timeout_seconds <= self.idempotency_lease_seconds <= self.idempotency_seconds:
            raise ValueError("limits: request_timeout <= idempotency_lease <= idempotency, in seconds, does not hold")
        if not self.max_row_bytes <= self.max_request_body_bytes <= self.max_upload_bytes:
            raise ValueError("limits: max_row_bytes <= max_request_body_bytes <= max_upload_bytes does not hold")
        if self.slice_rows <= 0 or self.flush_rows <= 0 or self.flush_interval_seconds <= 0:
            raise ValueError("limits: slice_rows, flush_rows and flush_interval_seconds must be positive")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossOrigin:
    """What a browser page of another origin may do.

    Attributes:
        allowed_origins: exact origins; `*` cannot be combined with credentials.
        exposed_headers: response headers that the page may read.
        max_age_seconds: how long a browser may keep the answer to a preflight.
    """

    allowed_origins: tuple[str, ...]
    allowed_methods: tuple[str, ...]
    allowed_headers: tuple[str, ...]
    exposed_headers: tuple[str, ...]
    allows_credentials: bool
    max_age_seconds: int

    def __post_init__(self) -> None:
        """Refuse what browsers or API Management refuse."""
        if self.allows_credentials and "*" in self.allowed_origins:
            raise ValueError("cross_origin: allowed_origins holds '*', which browsers refuse together with credentials")
        if not self.allowed_headers:
            raise ValueError("cross_origin: allowed_headers is empty, API Management requires it")


LIMITS = Limits()

CALL_LIMITS = (
    CallLimit(name=RATE_LIMIT, counts="calls", allowed=1_000, renewal_seconds=60),
    CallLimit(name=QUOTA, counts="calls", allowed=1_000_000, renewal_seconds=30 * _DAY),
    CallLimit(name=TOKEN_LIMIT, counts="tokens", allowed=100_000, renewal_seconds=60),
)

PERIODS_BEGIN_AT = "1970-01-01T00:00:00Z"
"""A limit that renews as a whole does so for every caller at once: at multiples of its period since this moment."""

FAILED_SIGN_INS = CallLimit(
    name="failed-sign-ins", counts="calls", allowed=60, renewal_seconds=60, counted_by="address"
)
"""How many credentials of one address may turn out to prove nothing before further ones are not looked at."""

CROSS_ORIGIN = CrossOrigin(
    allowed_origins=("https://app.textnlp.com",),
    allowed_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
    allowed_headers=(
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "Last-Event-ID",
        "X-Request-Id",
        "traceparent",
    ),
    exposed_headers=(
        "Idempotency-Replayed",
        "Location",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Retry-After",
        "X-Request-Id",
    ),
    allows_credentials=True,
    max_age_seconds=600,
)

RESPONSE_HEADERS = (
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
)
"""Headers that every response carries, whatever it answers; the first only where the call came over TLS."""

PAGE_HEADERS = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
    ),
    ("Referrer-Policy", "no-referrer"),
)
"""Headers of every HTML page that does not bring a policy of its own: no script, and nothing from elsewhere."""
