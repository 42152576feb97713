import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from textnlp.adapters.blobs.paths import RESERVED_FOLDER
from textnlp.adapters.blobs.staging import StagedFile, Staging, folder_lock

_KILLED_WRITER = """
import sys, time
from pathlib import Path
from textnlp.adapters.blobs.staging import StagedFile, Staging
file = StagedFile.create(Staging(Path(sys.argv[1])).new_path())
file.write(b"half")
print("writing", flush=True)
time.sleep(60)
"""


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.clean()
    staging.close()
    assert list(tmp_path.iterdir()) == []


def test_closing_removes_what_was_not_brought_to_its_place(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    file = StagedFile.create(staging.new_path())
    file.write(b"half")
    file.close()
    staging.close()
    staging.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_was_writing_is_removed(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _KILLED_WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        Staging(tmp_path).clean()
        assert len(list((tmp_path / RESERVED_FOLDER).glob("*/*"))) == 1
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    Staging(tmp_path).clean()
    assert list((tmp_path / RESERVED_FOLDER).iterdir()) == []


def test_the_files_of_another_that_lives_are_left_alone(tmp_path: Path) -> None:
    other = Staging(tmp_path)
    path = other.new_path()
    StagedFile.create(path).close()
    Staging(tmp_path).clean()
    assert path.exists()
    other.close()


def test_a_staged_file_has_the_rights_of_the_process(tmp_path: Path) -> None:
    file = StagedFile.create(tmp_path / "a")
    file.close(durable=True)
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask
    file.discard()
    file.discard()
    assert not (tmp_path / "a").exists()


def test_the_exclusive_lock_waits_for_the_shared_ones(tmp_path: Path) -> None:
    order: list[str] = []

    def take_alone() -> None:
        with folder_lock(tmp_path, exclusive=True):
            order.append("alone")

    with folder_lock(tmp_path, exclusive=False), folder_lock(tmp_path, exclusive=False):
        thread = threading.Thread(target=take_alone)
        thread.start()
        thread.join(0.05)
        order.append("shared")
    thread.join(5)
    assert order == ["shared", "alone"]
