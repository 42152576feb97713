"""The store of the platform's own telemetry in its database: what is kept for how long, and in which portions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TelemetryStore:
    """What pages and `textnlp top` show of a platform that no collector watches.

    Attributes:
        span_days, rollup_days, log_days: how long each is kept, in whole days; a day goes at once.
        most_megabytes: what all three may take; the oldest days go earlier where they take more.
        days_ahead: days whose place is made before they begin.
        rollup_seconds: time that one figure of a series stands for.
        present_seconds: how often a process tells what it is at.
        window_seconds: how far back that reaches.
        absent_seconds: after how long without a word a process counts as gone.
        flush_seconds: how often what has gathered is written.
        batch_rows: spans or lines of a log in one write.
        queued_spans, queued_lines, queued_rollups: what waits in a process at most; the oldest of it is dropped.
        longest_text: characters of a line of the log, and of where an error came from.
    """

    span_days: int = 7
    rollup_days: int = 14
    log_days: int = 7
    most_megabytes: int = 2_048
    days_ahead: int = 2
    rollup_seconds: int = 60
    present_seconds: int = 2
    window_seconds: int = 30
    absent_seconds: int = 15
    flush_seconds: float = 1.0
    batch_rows: int = 500
    queued_spans: int = 4_096
    queued_lines: int = 1_024
    queued_rollups: int = 4_096
    longest_text: int = 4_000

    def __post_init__(self) -> None:
        """Refuse figures that cannot be added up to the bins of panels, and batches that no queue fills."""
        if self.rollup_seconds <= 0 or 300 % self.rollup_seconds:
            raise ValueError(f"telemetry store: rollup_seconds is {self.rollup_seconds}, which 300 is no multiple of")
        if not self.present_seconds < self.absent_seconds <= self.window_seconds:
            raise ValueError("telemetry store: present_seconds < absent_seconds <= window_seconds does not hold")
        if not 0 < self.batch_rows <= min(self.queued_spans, self.queued_lines, self.queued_rollups):
            raise ValueError("telemetry store: batch_rows must be positive, and no queue shorter")
        if min(self.span_days, self.rollup_days, self.log_days) < 1:
            raise ValueError("telemetry store: everything is kept for a day at least")


TELEMETRY_STORE = TelemetryStore()
