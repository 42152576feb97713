from dataclasses import replace

import pytest

from textnlp.topology.database import DATABASE_SERVER, PAGE_BYTES


def test_the_buffer_is_a_quarter_of_the_memory() -> None:
    buffer_bytes = DATABASE_SERVER.shared_buffers_pages * PAGE_BYTES
    assert buffer_bytes * 4 == DATABASE_SERVER.memory_gib * 1024**3


def test_the_buffer_that_the_server_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="shared_buffers_pages 32768 is 1% of 32 GiB"):
        replace(DATABASE_SERVER, shared_buffers_pages=256 * 1024**2 // PAGE_BYTES)


def test_a_standby_beside_its_primary_is_refused() -> None:
    with pytest.raises(ValueError, match="both in zone 1"):
        replace(DATABASE_SERVER, standby_zone="1")


def test_connections_are_encrypted_and_values_are_bare_numbers() -> None:
    parameters = dict(DATABASE_SERVER.parameters)
    assert parameters["require_secure_transport"] == "on"
    assert all(parameters[name].isdecimal() for name in ("work_mem", "maintenance_work_mem", "effective_cache_size"))
