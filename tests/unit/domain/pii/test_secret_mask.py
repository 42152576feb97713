import pytest

from textnlp.domain.pii.secret_mask import without_secrets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://app:verysecret@host/db is away", "[SECRET]/db is away"),
        ("password=Zk3jQ9xv81LmPq", "password=[SECRET]"),
        ('"api_key": "Zk3jQ9xv81LmPq"; retried', '"api_key": "[SECRET]"; retried'),
        ("password=changeme", "password=changeme"),
        ("sent sk-abcdefghijklmnopqrstuvwxyz twice", "sent [SECRET] twice"),
        ("batch_01kx3v9qe8m2t6f0r7w4z1c5ny is completed", "batch_01kx3v9qe8m2t6f0r7w4z1c5ny is completed"),
    ],
)
def test_what_has_the_form_of_a_secret_is_taken_out_and_nothing_else(text: str, expected: str) -> None:
    assert without_secrets(text) == expected
