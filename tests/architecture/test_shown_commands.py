import pytest

from tests.acceptance.test_docs import PAGES as RUN_AS_THEY_STAND
from tests.architecture.shown_commands import CHECKS, fault_of, named_commands, shown_commands
from tests.architecture.source_tree import ROOT, require_none

_PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "reference"),
]
"""The pages that people write; those of the reference are made from the code."""

_RUN_BY = {
    "CONTRIBUTING.md": ".ci/run",
    "docs/how-to/azure-loopback.md": "tests/acceptance/test_azure_loopback.py",
    "docs/how-to/call-from-python.md": "tests/acceptance/test_call_from_python.py",
    "docs/how-to/containers.md": "tests/acceptance/test_processes.py",
    "docs/how-to/keep-azure-cheap.md": "tests/acceptance/test_azure_savings.py",
    "docs/how-to/logic-app.md": "tests/architecture/test_workflows.py",
    "docs/how-to/move-an-openai-batch.md": "tests/acceptance/test_docs.py",
    "docs/how-to/receive-events.md": "tests/acceptance/test_webhooks.py",
    "docs/how-to/release.md": "tests/acceptance/test_azure_gate.py",
    "docs/how-to/run-on-azure.md": "tests/acceptance/test_run_on_azure.py",
    "docs/how-to/run-on-batch.md": "tests/acceptance/test_validate_on_batch.py",
    "docs/how-to/run-on-kubernetes.md": "tests/infra/test_manifests.py",
    "docs/how-to/run-one-off-jobs.md": "tests/integration/test_one_off_jobs.py",
    "docs/how-to/tune-models.md": "tests/acceptance/test_model_tune.py",
    "docs/how-to/deploy-to-azure.md": "tests/acceptance/test_azure_deploy.py",
}
"""What runs the platform's own commands of a page, with stand-ins for what they call."""

_ONLY_LOOKED_AT = {
    "docs/explanation/azure-templates.md": "`az` needs a subscription; test_azure_deploy.py deploys the same files",
    "docs/explanation/benchmarks.md": "they take half an hour; their figures stand on the page",
    "docs/explanation/capacity.md": "it takes minutes; its figures stand on the page",
    "docs/how-to/keep-blobs-on-azure.md": "installs, and sets variables",
    "docs/how-to/run-on-azure-data.md": "installs, and sets variables",
    "docs/how-to/run-on-azure-ml.md": "`az` needs a workspace; tests/ml reads the same documents",
    "docs/how-to/run-on-service-bus.md": "installs, and sets variables",
    "docs/how-to/write-in-the-console.md": "starts the platform as other pages do; tests/browser does what it tells",
    "docs/index.md": "`make demo`, which the tutorial shows too, runs `textnlp batch run` as the README does",
}
"""Pages whose commands are looked at and not run, and why."""


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that commands name are those of the repository."""
    monkeypatch.chdir(ROOT)


def test_every_command_on_a_page_can_be_given_as_it_stands_there() -> None:
    commands = [
        command
        for page in _PAGES
        for command in shown_commands(page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8"))
    ]
    assert {command.words[0] for command in commands} == set(CHECKS)
    require_none([fault for command in commands if (fault := fault_of(command))], "mend the page, or teach CHECKS")


def test_every_page_with_commands_is_run_or_has_a_reason_why_not() -> None:
    accounted = {*RUN_AS_THEY_STAND, *_RUN_BY, *_ONLY_LOOKED_AT}
    showing = {
        name
        for page in _PAGES
        if list(shown_commands(name := page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")))
    }
    require_none(sorted(showing - accounted), "add it to PAGES of tests/acceptance/test_docs.py")
    require_none(sorted(accounted - showing), "it shows no command")
    require_none([test for test in _RUN_BY.values() if not (ROOT / test).is_file()], "there is no such test")


def test_commands_that_sentences_name_are_there() -> None:
    named = [
        command
        for page in _PAGES
        for command in named_commands(page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8"))
    ]
    faults = [fault for command in named if (fault := fault_of(command)) and ": Missing " not in fault]
    require_none(faults, "say it as it is typed")


def _faults(block: str) -> list[str]:
    return [fault or "" for command in shown_commands("a.md", f"Text.\n\n{block}\n") if (fault := fault_of(command))]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("textnlp batch begin prompts.txt", "batch has no command begin"),
        ("textnlp batch run prompts.txt --out a --fast", "No such option: --fast"),
        ("textnlp batch run --out a", "Missing argument 'INPUT'"),
        ("textnlp run recipe --rows many --out a", "Invalid value for '--rows'"),
        ("textnlp batch list && textnlp tidy", "textnlp has no command tidy"),
        ('curl http://127.0.0.1:8000/ -H "Bearer $(textnlp tokens)"', "textnlp has no command tokens"),
        ("textnlp batch run examples/nowhere.txt --out a", "there is no examples/nowhere.txt"),
        ("make coffee", "make has no coffee"),
        ("make soak SECONDS=3", "make has no SECONDS=3"),
        ("python -m tests.azure_loopback --stay-on", "tests.azure_loopback has no --stay-on"),
        ("python benchmarks/nothing.py", "there is no benchmarks/nothing.py"),
        ("pip install 'textnlp[azure,moon]'", "there is no extra moon"),
        ("export TEXTNLP_MODEL=a TEXTNLP_MOON=b", "there is no setting TEXTNLP_MOON"),
        ("frobnicate --all", "is checked by nothing"),
        ("textnlp 'batch", "unreadable"),
    ],
)
def test_what_cannot_be_given_is_found(line: str, fault: str) -> None:
    found = _faults(f"```sh\ntextnlp doctor\n{line}\n```")
    assert any(each.startswith("a.md:5: ") and fault in each for each in found), found


def test_blocks_in_lists_and_blocks_without_a_label_are_read() -> None:
    assert _faults("1. One:\n\n    ```\n    textnlp tidy\n    ```") == [
        "a.md:6: textnlp tidy: textnlp has no command tidy"
    ]
    assert _faults("```\nA → B\n```\n\n```python\nmake coffee\n```") == []
