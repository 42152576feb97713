import json
from pathlib import Path

import pytest

from textnlp.cli.commands.azure import check, render
from textnlp.cli.exit_codes import ExitCode
from textnlp.domain.errors import TextNLPError


def test_templates_are_written_a_file_a_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render(env="dev", out=tmp_path)
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert set(written) == {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.relative_to(tmp_path).parts[0] for path in written} == {"dev", "policies", "queries"}
    templates = [path for path in written if path.parent == tmp_path / "dev"]
    stacks = [path for path in templates if path.name != "application.json"]
    assert all(json.loads(path.read_text(encoding="utf-8"))["resources"] for path in stacks)
    assert len(stacks) == len(templates) - 1


def test_a_sound_estate_has_no_findings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTNLP_SCHEMAS", raising=False)
    check(env="dev")
    told = capsys.readouterr()
    assert told.out.endswith(" resources, 0 findings\n")
    assert "types are not checked: give --schemas or TEXTNLP_SCHEMAS" in told.err


def test_findings_are_printed_as_json_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    check(env="dev", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"dev": []}


def test_a_finding_ends_with_an_exit_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = tmp_path / "azure-types"
    types.mkdir()
    (types / "versions.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("TEXTNLP_SCHEMAS", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        check(env="dev")
    assert ended.value.code == ExitCode.ERROR
    assert "type 'Microsoft.Network/virtualNetworks' is not published" in capsys.readouterr().out


def test_a_domain_of_ones_own_and_optional_services_are_built(tmp_path: Path) -> None:
    render(env="dev", out=tmp_path, host="text.example.org", optional=["vpn"])
    text = (tmp_path / "dev" / "platform.json").read_text(encoding="utf-8")
    assert '"hostName": "text.example.org"' in text
    assert "Microsoft.Network/virtualNetworkGateways" in text
    with pytest.raises(TextNLPError, match="--host is the name of one environment; give --env, too"):
        render(out=tmp_path, host="text.example.org")


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="there is no environment 'test'"):
        render(env="test", out=tmp_path)
    with pytest.raises(TextNLPError, match="has no azure-types"):
        check(env="dev", schemas=tmp_path)
