import contextlib
from pathlib import Path

import pytest

from textnlp.bootstrap.sign_in_wiring import outside_issuer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings, read_settings

ISSUER = "https://login.example.org/tenant"


def settings(folder: Path, **changes: str) -> Settings:
    return read_settings({}, data_dir=folder, **({"issuer": ISSUER, "console_client_id": "console"} | changes))


async def test_the_issuer_of_the_settings_signs_people_in(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        made = outside_issuer(stack, settings(tmp_path))
        assert made is not None
        assert made.shown_name == "login.example.org"


async def test_without_a_client_id_only_the_platform_does(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        assert outside_issuer(stack, Settings(data_dir=tmp_path, issuer=ISSUER)) is None


@pytest.mark.parametrize(
    "given",
    [
        {"issuer": ""},
        {"issuer": "http://login.example.org"},
        {"console_client_secret_env": "TEXTNLP_NO_SUCH_SECRET"},
        {"console_client_secret_env": "keyvault:console"},
    ],
)
async def test_what_cannot_work_is_refused_at_the_start(tmp_path: Path, given: dict[str, str]) -> None:
    changed = settings(tmp_path, **given)
    if not given.get("issuer", ISSUER):
        changed = Settings(data_dir=tmp_path, console_client_id="console")
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(TextNLPError) as caught:
            outside_issuer(stack, changed)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_the_secret_shows_in_no_text_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_SECRET", "s3cret")
    async with contextlib.AsyncExitStack() as stack:
        made = outside_issuer(stack, settings(tmp_path, console_client_secret_env="CONSOLE_SECRET"))  # noqa: S106  a name
        assert "s3cret" not in repr(vars(made))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("public_url", "text.example.org"),
        ("public_url", "https://text.example.org/console"),
        ("public_url", "https://a@b"),
        ("public_url", "ftp://text.example.org"),
        ("console_scopes", "offline_access"),
        ("console_scopes", "openidx"),
    ],
)
def test_a_setting_that_is_none_is_refused(field: str, value: str) -> None:
    with pytest.raises(TextNLPError):
        read_settings({}, **{field: value})
