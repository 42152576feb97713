from pathlib import Path

import pytest
from tools.find_secrets import FORMS, Found, find_secrets

from tests.architecture.source_tree import ROOT, require_none, unneeded

_KNOWN: dict[str, str] = {
    "src/textnlp/adapters/database/database_address.py: password_in_url": "a hint that shows the form of an address",
    "src/textnlp/adapters/limits/redis.py: password_in_url": "likewise",
    "tests/compatibility/0.1.0/platform.json: api_key": "opens a platform that was recorded and is gone",
    "tests/compatibility/0.1.0/rows/29.webhook_secrets.tsv: webhook": "that of tools/release_messages.py",
    "tests/contract/test_entra_redis.py: password_in_url": "refused there",
    "tests/integration/test_database_address.py: password_in_url": "refused there",
    "tests/unit/domain/pii/test_scanner.py: aws": "the example of Amazon's documentation",
    "tests/unit/domain/pii/test_secret_mask.py: password_in_url": "masked there",
    "tests/unit/domain/validation/test_service_url.py: password_in_url": "refused there",
    "tests/unit/domain/webhooks/test_signature.py: webhook": "the example of standardwebhooks.com",
    "tools/release_messages.py: webhook": "signs messages that are recorded, and nothing else",
}
"""What has the form of a secret and opens nothing, with what it is."""

_EXAMPLES = {
    "anthropic": "sk-ant-" + "a" * 24,
    "api_key": "tnlp_" + "a" * 8 + "_" + "b" * 38,
    "aws": "AKIA" + "Z" * 16,
    "azure_client": "abc8Q~" + "a" * 34,
    "azure_key": "Endpoint=sb://a;SharedAccess" + "Key=" + "A" * 43 + "=",
    "azure_signature": "https://a.b/c?sv=1&" + "sig=" + "A" * 44,
    "github": "ghp_" + "A" * 36,
    "gitlab": "glpat-" + "a" * 20,
    "google": "AIza" + "a" * 35,
    "hugging_face": "hf_" + "A" * 34,
    "json_web_token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12,
    "npm": "npm_" + "a" * 36,
    "openai": "sk-proj-" + "a" * 24,
    "password_in_url": "amqp://a:" + "correct-horse" + "@broker.internal",
    "private_key": "-----BEGIN RSA PRIVATE" + " KEY-----\n" + "A" * 64,
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + "a" * 24,
    "slack": "xoxb-" + "1" * 12,
    "stripe": "sk_" + "live_" + "a" * 24,
    "webhook": "whsec_" + "A" * 43 + "=",
}


def test_no_secret_lies_in_the_tree() -> None:
    found = {f"{each.place}: {each.kind}" for each in find_secrets(ROOT)}
    require_none(found - set(_KNOWN), "take it out, and have its issuer exchange it: it is in the history")
    require_none(unneeded(_KNOWN, found), "these are gone: take them off the list")


def test_every_form_has_an_example() -> None:
    assert set(_EXAMPLES) == set(FORMS)


@pytest.mark.parametrize("kind", _EXAMPLES)
def test_a_secret_of_each_form_is_found_and_not_told(kind: str, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "made.txt").write_text(_EXAMPLES[kind])
    (tmp_path / "settings.py").write_text(f"# a comment\nVALUE = '''{_EXAMPLES[kind]}'''\n")
    (found,) = find_secrets(tmp_path)
    assert found == Found("settings.py", kind, 2)
    assert _EXAMPLES[kind] not in repr(found)
