from textnlp_infra.deploy.document_difference import differences, without_gone

_READ = {"id": "1", "value": "Read", "isEnabled": True, "members": ["User", "Application"]}
_WRITE = {"id": "2", "value": "Write", "isEnabled": True, "members": ["User"]}


def _paths(there: object, wanted: object) -> list[str]:
    return [item.path for item in differences(there, wanted)]


def test_what_is_not_declared_and_the_order_of_lists_are_no_difference() -> None:
    there = {"roles": [_WRITE, {**_READ, "origin": "Application", "members": ["Application", "User"]}], "own": 1}
    assert _paths(there, {"roles": [_READ, _WRITE]}) == []


def test_a_difference_is_told_where_it_is() -> None:
    there = {"api": {"version": 1}, "roles": [{**_READ, "isEnabled": False}], "uris": ["a", "b"]}
    assert _paths(there, {"api": {"version": 2}, "roles": [_READ], "uris": ["b"], "name": "x"}) == [
        "api.version",
        "roles[Read].isEnabled",
        "uris",
        "name",
    ]


def test_items_that_are_missing_or_too_many_are_told_by_their_name() -> None:
    (missing, extra) = differences({"roles": [_WRITE]}, {"roles": [_READ]})
    assert (missing.path, missing.before, missing.after) == ("roles[Read]", None, _READ)
    assert (extra.path, extra.before, extra.after) == ("roles[Write]", _WRITE, None)


def test_only_enabled_permissions_that_are_not_declared_are_disabled_before_they_go() -> None:
    there = [_READ, {**_WRITE, "origin": "Application"}]
    assert without_gone(there, [_READ]) == [_READ, {**_WRITE, "isEnabled": False}]
    assert without_gone([_READ, {**_WRITE, "isEnabled": False}], [_READ]) == []
    assert without_gone(there, [_READ, _WRITE]) == []
