"""What is wrong with what was looked at, and what to do about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from textnlp.domain.batches.model import BatchState
from textnlp.domain.inspection.model import (
    Balance,
    BatchFacts,
    BlobReference,
    Disagreement,
    Fault,
    Leftover,
    LeftoverKind,
    Schema,
)
from textnlp.topology.containers import LifecycleRule

_RESTORE = "Keep the database as it is and restore the newest backup into a new place to compare."
_LOOK = "Look at its rows before it is used; textnlp batch retry asks failed rows again."
_RESTART = "Start the platform again with textnlp up: it goes on with what was left behind."

_ADVICE = {
    LeftoverKind.RESERVATIONS: (
        "reservations of calls are past their expiry and still count towards budgets",
        "The timer that takes them back does not run: start the platform, or its API process.",
    ),
    LeftoverKind.MESSAGE_LOCKS: (
        "messages are in flight past the end of their lock",
        "Nobody receives from this queue: start the platform, or the process that works on it.",
    ),
    LeftoverKind.DEAD_LETTERS: (
        "messages could not be processed",
        "Read why in the log; slices are sent again when a batch worker starts, others by whoever sent them.",
    ),
    LeftoverKind.KEY_CLAIMS: (
        "idempotency keys are claimed past their lease",
        "The timer that frees them does not run: start the platform, or its API process.",
    ),
    LeftoverKind.DELIVERY_LEASES: (
        "deliveries of webhooks are held past their lease",
        "Nobody delivers: start the platform, or its webhook process.",
    ),
    LeftoverKind.ORPHANED_ROWS: ("rows belong to no batch", _RESTORE),
    LeftoverKind.STRANDED_BATCH: ("rows are pending, and no message asks for them", _RESTART),
    LeftoverKind.LOST_FILE: ("files that a job left are not among the files", _RESTORE),
    LeftoverKind.STAGED_FILES: (
        "half-written files were left by writers that are gone",
        "They are removed when the platform starts; they hold nothing that was stored.",
    ),
}


def schema_faults(schema: Schema) -> list[Fault]:
    """Return what is wrong with the structure of the database; nothing where none is there yet."""
    faults = [
        Fault(
            place=name,
            told="The server does not use this index, because building it was cut short.",
            advice=f"Build it again: reindex index concurrently textnlp.{name};",
        )
        for name in schema.broken_indexes
    ]
    if schema.revision is None or schema.revision == schema.known:
        return faults
    is_later = schema.revision > schema.known
    advice = "Update TextNLP: pip install --upgrade textnlp." if is_later else "Start the platform, which brings it up."
    told = f"The database has revision {schema.revision}, this version works with {schema.known}."
    return [Fault(place="migrations", told=told, advice=advice), *faults]


def batch_faults(facts: BatchFacts) -> list[Fault]:
    """Return where a batch does not add up: its counts, its rows, its tokens."""
    kept, counted = facts.kept, facts.counted
    told: list[str] = []
    if min(kept.pending, counted.pending) < 0:
        told.append(f"more rows have an outcome than it has: {max(kept.done, counted.done):,} of {kept.input:,}")
    if facts.state is not BatchState.INGESTING and kept != counted:
        told.append(f"its counts are {kept}, its rows say {counted}")
    if facts.stray_rows:
        told.append(f"{facts.stray_rows:,} rows lie outside its input")
    if facts.state is BatchState.COMPLETED and counted.pending > 0:
        told.append(f"it is completed with {counted.pending:,} rows pending")
    kept_tokens = (facts.kept_usage.prompt_tokens, facts.kept_usage.completion_tokens)
    row_tokens = (facts.row_usage.prompt_tokens, facts.row_usage.completion_tokens)
    if kept_tokens != row_tokens:
        told.append(f"it counts {kept_tokens} tokens, its rows {row_tokens}")
    return [Fault(place=facts.id, told=_sentence(told), advice=_LOOK)] if told else []


def charge_faults(facts: BatchFacts) -> list[Fault]:
    """Return what rows of a batch took and the ledger of usage does not have.

    The ledger may have more: a call whose process died before its row was stored is made, and charged, again.
    """
    rows, charged = facts.row_usage, facts.charged
    is_short = (
        charged.calls < rows.calls
        or charged.prompt_tokens < rows.prompt_tokens
        or charged.completion_tokens < rows.completion_tokens
    )
    if not (facts.is_charged or charged.calls) or not is_short:
        return []
    told = (
        f"Its {rows.calls:,} answered rows took {rows.prompt_tokens:,} and {rows.completion_tokens:,} tokens, "
        f"the ledger of usage has {charged.calls:,} calls with {charged.prompt_tokens:,} and "
        f"{charged.completion_tokens:,}."
    )
    return [Fault(place=facts.id, told=told, advice="Correct its owner's bill by the difference.")]


def balance_faults(balance: Balance) -> list[Fault]:
    """Return that numbers do not add up."""
    if balance.total == sum(number for _, number in balance.parts):
        return []
    parts = " + ".join(f"{number:,} {name}" for name, number in balance.parts)
    return [Fault(place=balance.place, told=f"{balance.total:,} rows are not {parts}.", advice=_LOOK)]


def disagreement_fault(found: Disagreement) -> Fault:
    """Return that two sums differ."""
    told = f"The calls add up to {found.counted}, kept is {found.kept}."
    return Fault(place=found.place, told=told, advice=_RESTORE)


def leftover_fault(leftover: Leftover) -> Fault:
    """Return what should not be there any more."""
    told, advice = _ADVICE[leftover.kind]
    since = f", since {leftover.since:%Y-%m-%d %H:%M} UTC" if leftover.since is not None else ""
    return Fault(place=leftover.place, told=f"{leftover.count:,} {told}{since}.", advice=advice)


def is_kept(reference: BlobReference, *, now: datetime, rules: Sequence[LifecycleRule]) -> bool:
    """Whether no lifecycle rule may have deleted a blob by now."""
    return not any(
        rule.delete_after_days is not None
        and now - reference.since >= timedelta(days=rule.delete_after_days)
        and any(reference.path.startswith(f"{prefix}/") for prefix in rule.prefixes)
        for rule in rules
    )


def blob_faults(reference: BlobReference, *, size_bytes: int | None, sha256: str | None) -> list[Fault]:
    """Return what is wrong with a blob of that size, None where it is not there; a hash of None was not looked at."""
    if size_bytes is None:
        told = f"{reference.owner} refers to it, and it is not there."
    elif reference.size_bytes is not None and size_bytes != reference.size_bytes:
        told = f"{reference.owner} says {reference.size_bytes:,} bytes, it has {size_bytes:,}."
    elif sha256 is not None and reference.sha256 is not None and sha256 != reference.sha256:
        told = f"{reference.owner} says that its SHA-256 is {reference.sha256}, it is {sha256}."
    else:
        return []
    return [Fault(place=reference.path, told=told, advice="Restore it from a backup, or from the account's versions.")]


def _sentence(told: Sequence[str]) -> str:
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."
