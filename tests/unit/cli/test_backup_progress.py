import io

from rich.console import Console

from textnlp.cli.backup_progress import BackupProgress


def shown(*seconds: float, is_quiet: bool = False) -> str:
    """Return what is shown elsewhere than on a terminal of a kilobyte at each of these seconds."""
    moments = iter([0.0, *seconds])
    output = io.StringIO()
    progress = BackupProgress(
        "Verifying", is_quiet=is_quiet, console=Console(file=output, width=200), seconds=lambda: next(moments)
    )
    for _ in seconds:
        progress("batch_rows", 1_000)
    progress.close()
    return output.getvalue()


def test_what_takes_less_than_a_second_shows_nothing() -> None:
    assert not shown(0.2, 0.9)


def test_what_takes_long_tells_every_five_seconds() -> None:
    lines = shown(1.0, 5.0, 6.0, 9.0, 10.0).splitlines()
    assert [line.split(",")[0] for line in lines] == ["Verifying: 2.0 kB", "Verifying: 5.0 kB"]
    assert "batch_rows" in lines[0]


def test_whoever_wants_json_is_told_nothing() -> None:
    assert not shown(6.0, 12.0, is_quiet=True)


def test_a_terminal_is_left_as_it_was() -> None:
    moments = iter([0.0, 2.0, 2.1, 3.0])
    output = io.StringIO()
    progress = BackupProgress(
        "Restoring", console=Console(file=output, force_terminal=True, width=200), seconds=lambda: next(moments)
    )
    for _ in range(3):
        progress("a/b", 1_500_000)
    progress.close()
    assert "Restoring" in output.getvalue()
