from textnlp.domain.expiring_map import ExpiringMap


def test_an_entry_is_there_until_it_ends() -> None:
    entries = ExpiringMap[str, int](capacity=2)
    entries.put("a", 1, until=10.0)
    assert entries.get("a", now=9.9) == 1
    assert entries.get("a", now=10.0) is None
    assert len(entries) == 0


def test_the_longest_unused_entry_makes_room() -> None:
    entries = ExpiringMap[str, int](capacity=2)
    entries.put("a", 1, until=10.0)
    entries.put("b", 2, until=10.0)
    assert entries.get("a", now=0.0) == 1
    entries.put("c", 3, until=10.0)
    assert [entries.get(key, now=0.0) for key in "abc"] == [1, None, 3]


def test_an_entry_put_again_has_the_later_value_and_end() -> None:
    entries = ExpiringMap[str, int](capacity=2)
    entries.put("a", 1, until=10.0)
    entries.put("a", 2, until=20.0)
    assert (len(entries), entries.get("a", now=15.0)) == (1, 2)


def test_everything_is_forgotten_at_once() -> None:
    entries = ExpiringMap[str, int](capacity=2)
    entries.put("a", 1, until=10.0)
    entries.clear()
    assert len(entries) == 0
