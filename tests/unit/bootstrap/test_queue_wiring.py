import pytest

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.adapters.queues.service_bus import ServiceBusJobQueue
from textnlp.bootstrap.queue_wiring import job_queue
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.job_queue import JobQueue
from textnlp.settings import read_settings

_DSN = "postgresql://localhost/nowhere"
_ADDRESS = "servicebus://textnlp.servicebus.windows.net"


def wired(*, queue_url: str = "", namespace: str = "") -> JobQueue:
    settings = read_settings({"TEXTNLP_QUEUE_URL": queue_url})
    address = DatabaseAddress(_DSN)
    return job_queue(settings, PostgresDatabase(address, clock=SystemClock()), address=address, namespace=namespace)


def test_the_queue_is_in_the_database_unless_an_address_says_otherwise() -> None:
    assert isinstance(wired(), PostgresJobQueue)
    assert isinstance(wired(queue_url=_ADDRESS), ServiceBusJobQueue)


def test_a_local_run_keeps_its_queue_in_its_database() -> None:
    assert isinstance(wired(queue_url=_ADDRESS, namespace="run-1"), PostgresJobQueue)


def test_an_address_of_something_else_is_refused_without_being_shown() -> None:
    with pytest.raises(TextNLPError, match="address of the queue") as caught:
        wired(queue_url="amqp://user:s3cret@host")

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "s3cret" not in caught.value.full_text
    assert "s3cret" not in repr(read_settings({"TEXTNLP_QUEUE_URL": "amqp://user:s3cret@host"}))
