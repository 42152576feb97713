"""Record what this version writes, for the tests of later versions: tests/compatibility/<version>/.

Run by `make record-release`, once a release; what is there is never written anew.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
from tests.doubles.scratch_database import scratch_database
from tools.release_messages import posted_events, sent_messages
from tools.release_platform import record_platform
from tools.release_statements import as_text, split_prepared, statements
from tools.release_surface import ROOT, record_inputs, record_recipes, surface

import textnlp
from textnlp.adapters.database.migrate import HEAD_SQL, revisions, upgrade
from textnlp.application.readable_messages import READ_VERSIONS

RELEASES = ROOT / "tests" / "compatibility"


class Release(msgspec.Struct, kw_only=True):
    """A recorded release.

    Attributes:
        revision: structure of its database.
        reads: versions of messages that it reads, by queue.
        unprepared: its statements that the server cannot prepare as they stand, with why.
    """

    version: str
    revision: str
    reads: dict[str, list[int]]
    unprepared: dict[str, str]


def record(folder: Path) -> None:
    """Write everything below a folder, which must not be there."""
    with tempfile.TemporaryDirectory(prefix="textnlp-") as scratch:
        made = Path(scratch) / "release"
        (made / "rows").mkdir(parents=True)
        messages = sent_messages()
        (made / "messages.jsonl").write_bytes(_lines(messages))
        (made / "webhooks.jsonl").write_bytes(_lines(posted_events(messages)))
        (made / "surface.json").write_bytes(_shown(surface()))
        record_recipes(made / "recipes")
        record_inputs(made / "inputs")
        shutil.copy(HEAD_SQL, made / "schema.sql")
        asyncio.run(_record_running(made, Path(scratch)))
        shutil.make_archive(str(made / "backup"), "zip", made / "backup")
        shutil.rmtree(made / "backup")
        shutil.copytree(made, folder)


async def _record_running(made: Path, scratch: Path) -> None:
    async with scratch_database(scratch / "postgres") as url:
        await upgrade(url)
        prepared, refused = split_prepared(url, statements())
        (made / "statements.sql").write_text(as_text(prepared), encoding="utf-8")
        reads = {queue: sorted(versions) for queue, versions in READ_VERSIONS.items()}
        release = Release(version=textnlp.__version__, revision=revisions()[-1], reads=reads, unprepared=refused)
        (made / "release.json").write_bytes(_shown(release))
        await record_platform(made, scratch / "data", url)


def _lines(values: Iterable[object]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def _shown(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


if __name__ == "__main__":
    target = RELEASES / textnlp.__version__
    if target.exists():
        sys.exit(f"{target.relative_to(ROOT)} is there: raise the version first.")
    record(target)
    print(f"Wrote {target.relative_to(ROOT)}")
