import math

from hypothesis import given
from hypothesis import strategies as st

from textnlp.adapters.blobs.settling import FileFacts, Patience, Settling

_PATIENCE = Patience(quiet_seconds=0.5, empty_seconds=5.0)


def _facts(
    version: str,
    *,
    size: int = 10,
    is_renamed: bool = False,
    is_being_written: bool = False,
    age_seconds: float = 0.0,
) -> FileFacts:
    return FileFacts(
        version=version,
        size_bytes=size,
        is_renamed=is_renamed,
        is_being_written=is_being_written,
        age_seconds=age_seconds,
    )


def test_a_growing_file_is_complete_when_it_stayed_the_same() -> None:
    settling = Settling(_PATIENCE)
    for tenth in range(20):
        assert not settling.is_complete("a", _facts(f"v{tenth}"), now=tenth / 10)
    assert not settling.is_complete("a", _facts("v19"), now=2.3)
    assert settling.is_complete("a", _facts("v19"), now=2.4)


def test_each_version_is_told_once() -> None:
    settling = Settling(_PATIENCE)
    assert settling.is_complete("a", _facts("1", is_renamed=True), now=0)
    assert not settling.is_complete("a", _facts("1", is_renamed=True), now=10)
    assert settling.is_complete("a", _facts("2", is_renamed=True), now=11)


def test_a_renamed_file_is_complete_at_once() -> None:
    assert Settling(_PATIENCE).is_complete("a", _facts("1", is_renamed=True), now=0)


def test_a_renamed_file_that_is_open_for_writing_is_not() -> None:
    settling = Settling(_PATIENCE)
    assert not settling.is_complete("a", _facts("1", is_renamed=True, is_being_written=True), now=0)
    assert settling.is_complete("a", _facts("1", is_renamed=True), now=0.1)


def test_a_writer_that_pauses_is_waited_for() -> None:
    settling = Settling(_PATIENCE)
    for second in range(100):
        assert not settling.is_complete("a", _facts("1", is_being_written=True), now=second)
    assert not settling.is_complete("a", _facts("1"), now=99.4)
    assert settling.is_complete("a", _facts("1"), now=99.5)


def test_an_empty_file_waits_longer() -> None:
    settling = Settling(_PATIENCE)
    assert not settling.is_complete("a", _facts("1", size=0, is_renamed=True), now=0)
    assert not settling.is_complete("a", _facts("1", size=0, is_renamed=True), now=4.9)
    assert settling.is_complete("a", _facts("1", size=0, is_renamed=True), now=5)


def test_an_old_file_need_not_be_watched() -> None:
    settling = Settling(_PATIENCE)
    assert settling.is_complete("old", _facts("1", age_seconds=3600), now=0)
    assert not settling.is_complete("young", _facts("1", age_seconds=3), now=0)
    assert not settling.is_complete("from the future", _facts("1", age_seconds=-3600), now=0)


def test_a_file_that_went_and_came_back_is_told_again() -> None:
    settling = Settling(_PATIENCE)
    assert settling.is_complete("a", _facts("1", is_renamed=True), now=0)
    settling.forget("a")
    assert settling.is_complete("a", _facts("1", is_renamed=True), now=1)
    settling.forget_others({"b"})
    assert settling.is_complete("a", _facts("1", is_renamed=True), now=2)


def test_it_says_when_to_look_again() -> None:
    settling = Settling(_PATIENCE)
    assert settling.seconds_to_next_look(0) == math.inf
    settling.is_complete("a", _facts("1", size=0), now=0)
    assert settling.seconds_to_next_look(1) == 4
    settling.is_complete("b", _facts("1"), now=1)
    assert settling.seconds_to_next_look(1) == 0.5
    assert sorted(settling.waiting) == ["a", "b"]
    assert settling.seconds_to_next_look(100) == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.floats(0, 1)), max_size=40))
def test_no_version_is_told_twice_or_while_it_is_written(looks: list[tuple[int, bool, float]]) -> None:
    settling = Settling(_PATIENCE)
    now = 0.0
    told: list[str] = []
    for number, (version, is_being_written, pause) in enumerate(looks):
        now += pause
        facts = _facts(f"{number // 10}-{version}", is_being_written=is_being_written)
        if settling.is_complete("a", facts, now=now):
            assert not is_being_written
            assert not told or told[-1] != facts.version
            told.append(facts.version)
