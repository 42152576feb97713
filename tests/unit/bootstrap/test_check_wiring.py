import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from textnlp.bootstrap.asking import Asking
from textnlp.bootstrap.check_wiring import OutsideChecks
from textnlp.bootstrap.installed_functions import InstalledFunction
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.settings import Settings

CONFINED = Asking(is_confined=True)
BEARER = "a-secret-token"


@contextlib.contextmanager
def opened(tmp_path: Path, **given: Any) -> Generator[OutsideChecks]:
    with contextlib.closing(OutsideChecks(Settings(data_dir=tmp_path, cache_dir=tmp_path, **given))) as outside:
        yield outside


def made(outside: OutsideChecks, check: dict[str, Any], asking: Asking | None = None) -> RowChecks:
    checks = ChecksFile.model_validate({"checks": [{"kind": "required", "column": "a"}, check]})
    return RowChecks(checks.checks, outside=outside.maker(asking))


def refused(outside: OutsideChecks, check: dict[str, Any], asking: Asking | None = None) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        made(outside, check, asking)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    return caught.value


def http(**given: Any) -> dict[str, Any]:
    return {"kind": "http", "url": "https://example.org/judge", "columns": ["a"], **given}


def test_a_function_looks_at_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(rows: Sequence[dict[str, Any]], *, most: int) -> list[str | None]:
        return [f"It has {len(row['a'])} characters." if len(row["a"]) > most else None for row in rows]

    def find(name: str, *, group: str) -> InstalledFunction:
        assert (name, group) == ("short", "textnlp.checks")
        return InstalledFunction(call=short)

    monkeypatch.setattr("textnlp.bootstrap.check_wiring.find_installed", find)
    with opened(tmp_path) as outside:
        checks = made(outside, {"kind": "python", "function": "short", "columns": ["a"], "arguments": {"most": 3}})
        assert checks.is_waiting
        good, bad = checks.look([{"a": "abc"}, {"a": "abcd"}])
    assert good.reasons == []
    assert [(reason.code, reason.message) for reason in bad.reasons] == [("short", "It has 4 characters.")]


def test_an_unknown_function_is_told_at_its_place(tmp_path: Path) -> None:
    with opened(tmp_path) as outside:
        error = refused(outside, {"kind": "python", "function": "none_such", "columns": ["a"]})
    assert error.facts.field == "checks[1].function"
    assert "under textnlp.checks; there are:" in error.message


def test_a_perplexity_is_measured_and_its_bounds_and_model_are_looked_at_first(tmp_path: Path) -> None:
    with opened(tmp_path) as outside:
        checks = made(outside, {"kind": "perplexity", "column": "a", "model": "scripted", "low": 2, "min_words": 4})
        prose, repeated, short = checks.look([{"a": "one two three four"}, {"a": "tea " * 9}, {"a": "tea tea"}])
        assert (
            refused(outside, {"kind": "perplexity", "column": "a", "low": 3, "high": 2}).facts.field == "checks[1].low"
        )
        unknown = refused(outside, {"kind": "perplexity", "column": "a", "model": "none-such"})
    assert prose.reasons == short.reasons == []
    assert [reason.code for reason in repeated.reasons] == ["perplexity:a"]
    assert short.scores == {}
    assert unknown.facts.field == "checks[1].model"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://example.org/", "is not https"),
        ("https://10.0.0.7/", "not on the open internet"),
        ("https://169.254.169.254/latest", "not on the open internet"),
        ("https://[::1]/", "not on the open internet"),
        ("https://me:word@example.org/", "user name or password"),
        ("https://example.org:25/", "port 25"),
    ],
)
def test_a_strangers_service_is_on_the_open_internet(url: str, told: str, tmp_path: Path) -> None:
    with opened(tmp_path) as outside:
        error = refused(outside, http(url=url), CONFINED)
    assert told in error.message
    assert error.facts.field == "checks[1].url"


def test_a_stranger_gets_no_secret_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_TOKEN", BEARER)
    with opened(tmp_path, allow_private_webhooks=True) as outside:
        error = refused(outside, http(token_env="JUDGE_TOKEN"), CONFINED)  # noqa: S106  the name of a variable
        made(outside, http(token_env="JUDGE_TOKEN"))  # noqa: S106  as above
        made(outside, http(url="http://localhost:8000/judge"), CONFINED)
    assert error.facts.field == "checks[1].token_env"
    assert BEARER not in error.full_text


def test_on_the_command_line_any_http_address_will_do_and_a_token_has_to_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUDGE_TOKEN", raising=False)
    with opened(tmp_path) as outside:
        made(outside, http(url="http://10.0.0.7/judge"))
        assert refused(outside, http(url="file:///etc/passwd")).facts.field == "checks[1].url"
        unset = refused(outside, http(token_env="JUDGE_TOKEN"))  # noqa: S106  as above
        monkeypatch.setenv("JUDGE_TOKEN", "line\nbreak")
        broken = refused(outside, http(token_env="JUDGE_TOKEN"))  # noqa: S106  as above
    assert "JUDGE_TOKEN is not set" in unset.message
    assert unset.facts.field == broken.facts.field == "checks[1].token_env"
    assert "line" not in broken.full_text


def test_content_safety_needs_a_resource_and_tells_which_setting_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {"kind": "content_safety", "column": "a"}
    endpoint = "https://example.cognitiveservices.azure.com"
    with opened(tmp_path) as outside:
        unset = refused(outside, check)
    assert unset.facts.field == "checks[1]"
    assert "TEXTNLP_CONTENT_SAFETY_ENDPOINT" in (unset.facts.hint or "")
    with opened(tmp_path, content_safety_endpoint=endpoint) as outside:
        assert made(outside, check).is_waiting, "this process shows who it is"
    with opened(tmp_path, content_safety_endpoint=endpoint, content_safety_key_env="keyvault:safety") as outside:
        assert "TEXTNLP_KEY_VAULT_URL" in (refused(outside, check).facts.hint or "")
    monkeypatch.setenv("SAFETY_KEY", BEARER)
    with opened(tmp_path, content_safety_endpoint=endpoint, content_safety_key_env="SAFETY_KEY") as outside:
        assert made(outside, check).is_waiting
        monkeypatch.setenv("SAFETY_KEY", "line\nbreak")
        broken = refused(outside, check)
    assert "line" not in broken.full_text
