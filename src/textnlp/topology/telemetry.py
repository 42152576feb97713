"""Telemetry: what raises an alarm, and how long metrics, logs and traces are kept."""

from dataclasses import dataclass

from textnlp.topology.metrics import BUDGET_SPENT, DEAD_LETTERS, LEDGER_IMBALANCE, QUEUE_OLDEST_AGE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alert:
    """Something people are told of.

    Attributes:
        says: what is wrong, as the one who is woken reads it.
        query: Kusto whose rows are what is wrong.
        window_minutes: how far back each evaluation looks.
        severity: 0 critical to 4 verbose.
    """

    name: str
    says: str
    query: str
    window_minutes: int
    severity: int


ALERTS = (
    Alert(
        name="error-rate",
        says="More than 5% of the calls fail, through no fault of their callers.",
        query=(
            "AppRequests | summarize failed = countif(toint(ResultCode) >= 500), total = count() "
            "| where total >= 20 and failed * 20 > total"
        ),
        window_minutes=5,
        severity=1,
    ),
    Alert(
        name="ledger-imbalance",
        says="The row ledger of a batch does not balance.",
        query=f"AppMetrics | where Name == '{LEDGER_IMBALANCE.name}' and (Max != 0 or Min != 0)",
        window_minutes=5,
        severity=0,
    ),
    Alert(
        name="dead-letters",
        says="Messages were given up and wait in a dead-letter queue.",
        query=f"AppMetrics | where Name == '{DEAD_LETTERS.name}' and Max > 0",
        window_minutes=15,
        severity=2,
    ),
    Alert(
        name="queue-age",
        says="A message has waited for more than ten minutes.",
        query=f"AppMetrics | where Name == '{QUEUE_OLDEST_AGE.name}' and Max > 600",
        window_minutes=15,
        severity=2,
    ),
    Alert(
        name="budget",
        says="A budget is spent to more than 80%.",
        query=f"AppMetrics | where Name == '{BUDGET_SPENT.name}' and Max > 80",
        window_minutes=60,
        severity=2,
    ),
    Alert(
        name="daily-cap",
        says="The log workspace reached its daily cap and takes nothing more.",
        query="_LogOperation | where Category == 'Ingestion' and Detail has 'OverQuota'",
        window_minutes=60,
        severity=1,
    ),
)

LOG_RETENTION_DAYS = 90
"""How long logs, traces and metrics are kept."""

LOG_DAILY_CAP_GIGABYTES = 100
"""What the workspace takes in a day."""

TRACE_SAMPLING_PERCENT = 100
"""Share of the requests that is traced."""

METRICS_PUSH_SECONDS = 60
"""How often metrics are sent to who collects them."""

TRACED_ROWS_A_SLICE = 20
"""Rows of a slice whose calls are in its trace, the first ones: a trace of a million spans is read by nobody."""

APPLICATION_MAP = (
    ("gateway", "api"),
    ("api", "models"),
    ("api", "database"),
    ("api", "cache"),
    ("api", "blobs"),
    ("api", "messages"),
)
"""Calls between parts, as caller and called; each shows as an edge of one trace."""
