"""Wires the validations of a platform."""

from functools import partial

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.generation_store import PostgresGenerationStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.validation_store import PostgresValidationStore
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.validation_ports import ValidationPorts
from textnlp.bootstrap.check_hold import CheckHold
from textnlp.bootstrap.validation_wiring import open_sent_judge, read_sent_checks, validate_file
from textnlp.ports.generation_store import GenerationStore
from textnlp.ports.meter import Meter
from textnlp.ports.validation_store import ValidationStore
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import GENERATION_EVENTS, VALIDATION_QUEUE, VALIDATION_SUB, subscription_entity


def served_validations(
    database: PostgresDatabase, batches: BatchPorts, *, meter: Meter, outside: CheckHold
) -> ValidationPorts:
    """Return the ports of the validations of a platform, kept in its database."""
    store, generations = PostgresValidationStore(database), PostgresGenerationStore(database)
    return validation_ports(store, batches, generations, meter=meter, outside=outside)


def validation_ports(
    store: ValidationStore,
    batches: BatchPorts,
    generations: GenerationStore,
    *,
    meter: Meter,
    outside: CheckHold | None = None,
) -> ValidationPorts:
    """Return the ports of validations over what batches and generations stand on."""
    declared = TOPOLOGY.queue(VALIDATION_QUEUE)
    return ValidationPorts(
        store=store,
        queue=batches.queue,
        queue_entity=declared.name,
        completions_entity=subscription_entity(GENERATION_EVENTS, VALIDATION_SUB),
        ledger=batches.ledger,
        generations=generations,
        blobs=batches.blobs,
        clock=SystemClock(),
        meter=meter,
        tracer=batches.tracer,
        validate_file=partial(validate_file, open_judge=partial(open_sent_judge, outside=outside)),
        read_checks=read_sent_checks,
        max_delivery_count=declared.max_delivery_count,
        time_to_live_seconds=declared.time_to_live_seconds,
        lock_seconds=declared.lock_seconds,
        lease_seconds=declared.lease_seconds,
    )
