import msgspec
import pytest

from textnlp.api.schemas.health import PartRead, ReadinessRead


@pytest.mark.parametrize("example", [ReadinessRead.EXAMPLE, ReadinessRead.NOT_READY])
def test_an_example_of_readiness_says_the_same_as_its_parts(example: object) -> None:
    readiness = msgspec.convert(example, ReadinessRead, strict=True)
    assert (readiness.status == "ready") is all(part.is_ready for part in readiness.parts)


def test_a_part_that_is_ready_says_nothing_more() -> None:
    assert msgspec.json.encode(PartRead(name="queue", is_ready=True)) == b'{"name":"queue","is_ready":true}'
