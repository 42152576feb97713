"""Messages of earlier releases are read, and earlier releases read those of this code: mixed versions share queues."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from tools.release_messages import SECRET, SentMessage, posted_events, sent_messages

from tests.compatibility.recorded import FOLDERS, NAMES, lost, messages_of, posted_of, release_of, shape
from textnlp.application.readable_messages import READERS, unreadable_reason
from textnlp.domain.messaging.versioned_body import version_of
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Topic, subscription_entity

SENT = sent_messages()
POSTED = {each.name: each for each in posted_events(SENT)}
releases = pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
names = st.text("abé_", min_size=1, max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | names,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=4,
)


def receivers(message: SentMessage) -> list[str]:
    """Return where a message is received; readers see each type of event, whatever a filter would let through."""
    declared = TOPOLOGY.entities()[message.entity]
    if not isinstance(declared, Topic):
        return [message.entity]
    return [subscription_entity(declared.name, each.name) for each in declared.subscriptions if each.filter_sql is None]


def event_of(message: SentMessage) -> Any:
    return json.loads(message.body)


def test_everything_that_is_received_from_has_a_reader() -> None:
    assert set(READERS) == {name for name, each in TOPOLOGY.entities().items() if not isinstance(each, Topic)}


@releases
def test_what_a_release_sent_is_read(folder: Path) -> None:
    for message in messages_of(folder):
        for entity in receivers(message):
            assert unreadable_reason(entity, message.body.encode()) is None, message.name


@releases
def test_a_release_reads_what_this_code_sends(folder: Path) -> None:
    """A reader passes over what it does not know, so that all it knows must be there, in a version that it reads."""
    reads = release_of(folder).reads
    now = {message.name: message for message in SENT}
    for message in messages_of(folder):
        assert message.name in now, "a kind of message is retired after the release that stops waiting for it"
        later = now[message.name]
        assert lost(shape(event_of(message)), shape(event_of(later)), message.name) == []
        assert lost(shape(message.properties), shape(later.properties), message.name) == []
        version = version_of(later.body.encode())
        assert version is None or version in reads[later.entity]


@releases
def test_a_receiver_of_webhooks_finds_what_it_found_and_both_signatures_hold(folder: Path) -> None:
    for posted in posted_of(folder):
        assert lost(shape(json.loads(posted.body)), shape(json.loads(POSTED[posted.name].body)), posted.name) == []
        signed_at = datetime.fromtimestamp(int(posted.headers["webhook-timestamp"]), tz=UTC)
        expected = Webhook(SECRET.text).sign(posted.headers["webhook-id"], signed_at, posted.body)
        assert posted.headers["webhook-signature"] == expected
        assert POSTED[posted.name].headers.keys() == posted.headers.keys()


@given(message=st.sampled_from(SENT), added=st.dictionaries(names, json_values, max_size=3))
def test_fields_that_a_later_version_adds_are_passed_over(message: SentMessage, added: dict[str, Any]) -> None:
    body = json.dumps({**added, **event_of(message)}).encode()
    for entity in receivers(message):
        assert unreadable_reason(entity, body) is None


@given(message=st.sampled_from(SENT), taken=st.sampled_from(["id", "batch_id", "request", "index", "version"]))
def test_a_later_version_is_refused_by_its_number_whatever_it_lacks(message: SentMessage, taken: str) -> None:
    body = event_of(message)
    if "version" not in body:
        return
    changed = {name: value for name, value in body.items() if name == "version" or name != taken} | {"version": 99}
    (entity,) = receivers(message)
    assert "of version 99; this release reads 1" in (unreadable_reason(entity, json.dumps(changed).encode()) or "")
