from textnlp.topology.secret_names import SECRETS, SecretKind


def test_no_azure_service_is_reached_by_a_stored_secret() -> None:
    gone = {secret.name for secret in SECRETS if not secret.is_kept}
    assert gone == {
        "database-connection-string",
        "redis-connection-string",
        "openai-api-key",
        "storage-account-key",
        "servicebus-connection-string",
        "jwt-signing-key",
    }


def test_the_one_secret_that_is_kept_is_for_a_provider_outside_azure() -> None:
    kept = [secret.name for secret in SECRETS if secret.is_kept and secret.kind is SecretKind.SECRET]
    assert kept == ["model-provider-api-key"]


def test_every_name_has_a_reason() -> None:
    assert all(secret.reason for secret in SECRETS)
