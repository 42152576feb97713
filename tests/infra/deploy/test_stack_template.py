from tests.infra.deploy.small_stack import small_stack

_SECRET = {"key": {"type": "secureString"}}
_PLAIN = {"key": {"type": "string"}}


def test_a_digest_changes_with_the_template_and_with_values() -> None:
    digests = {
        small_stack().digest,
        small_stack(accessTier="Cool").digest,
        small_stack(parameters=_PLAIN, arguments={"key": "a"}).digest,
        small_stack(parameters=_PLAIN, arguments={"key": "b"}).digest,
    }
    assert len(digests) == 4
    assert small_stack().digest in digests


def test_a_secret_is_in_no_digest_and_in_no_text() -> None:
    one, other = (small_stack(parameters=_SECRET, arguments={"key": value}) for value in ("hush", "hush-hush"))
    assert one.digest == other.digest
    assert one.has_secrets
    assert not small_stack(parameters=_PLAIN).has_secrets
    assert "hush" not in repr(one)
