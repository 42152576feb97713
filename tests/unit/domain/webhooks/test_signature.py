from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.webhooks.signature import SigningSecret, new_secret, signed_headers

BODIES = st.dictionaries(st.text(), st.text() | st.integers()).map(str).map(str.encode)


def now() -> datetime:
    """Return the moment; the stock library refuses what is older than five minutes."""
    return SystemClock().now()


def is_verified(secret: SigningSecret, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret.text).verify(body, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


def test_the_signature_is_the_one_of_the_specification() -> None:
    secret = SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)
    headers = signed_headers([secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(body=BODIES, message_id=st.from_regex(r"msg_[0-9a-z]{26}", fullmatch=True))
def test_the_stock_library_verifies_every_message_and_no_other(body: bytes, message_id: str) -> None:
    secret = new_secret()
    headers = signed_headers([secret], message_id=message_id, at=now(), body=body)
    assert is_verified(secret, body, headers)
    assert not is_verified(new_secret(), body, headers)
    assert not is_verified(secret, body + b" ", headers)
    assert not is_verified(secret, body, headers | {"webhook-id": f"{message_id}x"})


def test_while_a_secret_is_exchanged_receivers_with_either_are_served() -> None:
    old, present = new_secret(), new_secret()
    headers = signed_headers([present, old], message_id="msg_1", at=now(), body=b"{}")
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert all(is_verified(secret, b"{}", headers) for secret in (old, present))
    assert not is_verified(old, b"{}", signed_headers([present], message_id="msg_1", at=now(), body=b"{}"))


def test_secrets_are_as_the_specification_has_them_and_never_the_same() -> None:
    secret = new_secret()
    assert secret.text.startswith("whsec_")
    assert len(secret.key) == 32
    assert secret != new_secret()


def test_a_secret_does_not_show_itself() -> None:
    secret = new_secret()
    assert secret.text.removeprefix("whsec_") not in f"{secret} {secret!r} {[secret]}"
