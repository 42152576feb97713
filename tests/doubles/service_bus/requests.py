"""Requests over `$cbs` and over an entity's `$management` link."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from proton import UNDESCRIBED, Array, Data, Message, int32, symbol

from tests.doubles.service_bus.entity import Entity, StoredMessage
from tests.doubles.service_bus.envelope import decoded, milliseconds, read_envelope
from tests.doubles.service_bus.faults import UNAUTHORIZED, Refusal, busy
from tests.doubles.service_bus.hub import Hub
from tests.doubles.service_bus.names import MANAGEMENT
from tests.doubles.service_bus.outgoing import encoded_message

_VENDOR = "com.microsoft:"
_NO_CONTENT = 204
_MAX_PEEKED = 250
Answer = tuple[int, Any]


def answer_request(hub: Hub, raw: bytes, name: str) -> Message:
    """Do what a request asks, and build the response."""
    request = decoded(raw)
    asked: dict[str, Any] = request.properties or {}
    operation = str(asked.get("operation"))
    hub.requests.append(operation)
    properties: dict[str, Any] = {}
    try:
        status, body = _answer(hub, request, operation, name.removesuffix(MANAGEMENT))
        text = "OK"
    except Refusal as refusal:
        status, body, text = refusal.status, None, refusal.description
        properties["errorCondition"] = symbol(refusal.condition)
    for status_key, text_key in (("status-code", "status-description"), ("statusCode", "statusDescription")):
        properties |= {status_key: int32(status), text_key: text}
    return Message(body=body, correlation_id=request.id, properties=properties)


def _answer(hub: Hub, request: Any, operation: str, name: str) -> Answer:
    if operation == "put-token":
        return _put_token(hub, str(request.body))
    if hub.faults.take("busy_requests"):
        raise busy()
    handler = _HANDLERS.get(operation.removeprefix(_VENDOR))
    if handler is None:
        raise Refusal("amqp:not-implemented", f"There is no operation '{operation}'.", status=501)
    hub.broker.sweep()
    return handler(hub, hub.broker.entity(name), request.body)


def _put_token(hub: Hub, token: str) -> Answer:
    hub.tokens.append(token)
    if not hub.faults.accepts_token(token):
        raise Refusal(UNAUTHORIZED, "InvalidToken: the token is not accepted.", status=401)
    return 202, None


def _renew_lock(hub: Hub, entity: Entity, body: Any) -> Answer:
    ends = [hub.broker.renew(entity, _tag(token)) for token in body["lock-tokens"]]
    return 200, {"expirations": _array("TIMESTAMP", map(milliseconds, ends))}


def _peek(_hub: Hub, entity: Entity, body: Any) -> Answer:
    session_id = body.get("session-id")
    found = sorted(
        (
            message
            for message in entity.messages.values()
            if message.number >= body["from-sequence-number"]
            and (session_id is None or message.content.session_id == session_id)
        ),
        key=lambda message: message.number,
    )[: min(body["message-count"], _MAX_PEEKED)]
    if not found:
        return _NO_CONTENT, None
    return 200, {"messages": [{"message": encoded_message(message, is_locked=False)} for message in found]}


def _schedule(hub: Hub, entity: Entity, body: Any) -> Answer:
    envelopes = [read_envelope(bytes(entry["message"])) for entry in body["messages"]]
    return 200, {"sequence-numbers": _array("LONG", hub.broker.send(entity.name, envelopes))}


def _cancel(_hub: Hub, entity: Entity, body: Any) -> Answer:
    found = [entity.messages.get(number) for number in body["sequence-numbers"]]
    scheduled = [message for message in found if message is not None and message.due_at is not None]
    if len(scheduled) < len(found):
        raise _message_not_found()
    for message in scheduled:
        entity.remove(message)
    return 200, None


def _receive_deferred(hub: Hub, entity: Entity, body: Any) -> Answer:
    found = [entity.messages.get(number) for number in body["sequence-numbers"]]
    deferred = [message for message in found if message is not None and message.is_deferred]
    if len(deferred) < len(found):
        raise _message_not_found()
    for message in deferred:
        hub.broker.lock(entity, message)
    return 200, {"messages": [_deferred_entry(message) for message in deferred]}


def _deferred_entry(message: StoredMessage) -> dict[str, Any]:
    return {"message": encoded_message(message, is_locked=True), "lock-token": message.lock_token}


def _update_disposition(hub: Hub, entity: Entity, body: Any) -> Answer:
    tags = [_tag(token) for token in body["lock-tokens"]]
    for tag in tags:
        hub.broker.held(entity, tag)
    for tag in tags:
        _dispose(hub, entity, tag, body)
    return 200, None


def _dispose(hub: Hub, entity: Entity, tag: str, body: Any) -> None:
    broker, status = hub.broker, body["disposition-status"]
    if status == "completed":
        is_lost = hub.faults.take("lost_settlements")
        (broker.abandon if is_lost else broker.complete)(entity, tag)
    elif status == "abandoned":
        broker.abandon(entity, tag)
    elif status == "defered":
        broker.defer(entity, tag)
    else:
        broker.dead_letter(entity, tag, body.get("deadletter-reason"), body.get("deadletter-description"))


def _renew_session(hub: Hub, entity: Entity, body: Any) -> Answer:
    session_id = body["session-id"]
    until = hub.broker.sessions.renew(entity.name, session_id, seconds=entity.terms.lock_seconds)
    for message in entity.messages.values():
        if message.token is not None and message.content.session_id == session_id:
            entity.hold(message, until=until)
    return 200, {"expiration": milliseconds(until)}


def _set_state(hub: Hub, entity: Entity, body: Any) -> Answer:
    key, state = (entity.name, body["session-id"]), body["session-state"]
    if state is None:
        hub.broker.sessions.states.pop(key, None)
    else:
        hub.broker.sessions.states[key] = bytes(state)
    return 200, None


def _get_state(hub: Hub, entity: Entity, body: Any) -> Answer:
    return 200, {"session-state": hub.broker.sessions.states.get((entity.name, body["session-id"]))}


def _array(kind: str, values: Iterable[int]) -> Any:
    make: Any = Array
    return make(UNDESCRIBED, getattr(Data, kind), *values)


def _message_not_found() -> Refusal:
    text = "The message does not exist, or is not in a state in which this can be done."
    return Refusal(f"{_VENDOR}message-not-found", text, status=404)


def _tag(token: uuid.UUID) -> str:
    return token.bytes_le.decode("ascii", errors="replace")


_HANDLERS: dict[str, Callable[[Hub, Entity, Any], Answer]] = {
    "renew-lock": _renew_lock,
    "peek-message": _peek,
    "schedule-message": _schedule,
    "cancel-scheduled-message": _cancel,
    "receive-by-sequence-number": _receive_deferred,
    "update-disposition": _update_disposition,
    "renew-session-lock": _renew_session,
    "set-session-state": _set_state,
    "get-session-state": _get_state,
}
