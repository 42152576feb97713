import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import psycopg
import pytest

from tests.integration.embedded_servers import (
    can_store,
    children_of,
    environment_of,
    eventually,
    has_other_server,
    has_server,
    install_wheel_in,
    kill,
    program_of,
    server_by_hand,
    server_pid,
    small_disk,
    store,
    stored,
    user_of,
)
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.domain.errors import ErrorKind, TextNLPError

pytestmark = pytest.mark.postgres


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder with a short path that is to hold a server."""
    with tempfile.TemporaryDirectory(prefix="textnlp-test-", ignore_cleanup_errors=True) as root:
        yield Path(root) / "postgres"


@pytest.fixture
async def server(folder: Path) -> AsyncGenerator[EmbeddedPostgres]:
    """An embedded server that is stopped after the test."""
    server = EmbeddedPostgres(folder, clock=SystemClock())
    yield server
    await server.release()


async def test_what_was_committed_is_there_after_a_stop_and_a_start(server: EmbeddedPostgres, folder: Path) -> None:
    store(await server.ensure_running(), 1)
    await server.release()
    assert not has_server(folder)
    url = await server.ensure_running()
    assert stored(url) == [1]


async def test_a_stopped_server_leaves_nothing_that_a_start_could_stumble_over(
    server: EmbeddedPostgres, folder: Path
) -> None:
    await server.ensure_running()
    await server.release()
    assert not (folder / "cluster" / "postmaster.pid").exists()
    assert list((folder / "sockets").iterdir()) == []


async def test_asking_again_joins_the_server_that_runs(server: EmbeddedPostgres, folder: Path) -> None:
    url = await server.ensure_running()
    pid = server_pid(folder)
    assert await server.ensure_running() == url
    assert server_pid(folder) == pid


async def test_leaving_twice_or_without_having_come_is_harmless(server: EmbeddedPostgres, folder: Path) -> None:
    await server.release()
    await server.ensure_running()
    await server.release()
    await server.release()
    assert not has_server(folder)


async def test_nobody_else_can_reach_the_data_or_the_socket(server: EmbeddedPostgres, folder: Path) -> None:
    await server.ensure_running()
    for name in ("cluster", "sockets"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    for name in ("password", "postgres.log"):
        assert (folder / name).stat().st_mode & 0o077 == 0


async def test_a_key_pressed_in_the_terminal_does_not_reach_the_server(server: EmbeddedPostgres, folder: Path) -> None:
    await server.ensure_running()
    assert os.getsid(server_pid(folder)) != os.getsid(0)


async def test_the_server_knows_none_of_the_secrets_of_its_starter(
    server: EmbeddedPostgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret-value")
    await server.ensure_running()
    assert b"secret-value" not in environment_of(server_pid(folder))


async def test_a_killed_server_is_started_again_with_its_data(server: EmbeddedPostgres, folder: Path) -> None:
    store(await server.ensure_running(), 1)
    kill(server_pid(folder))
    url = await server.ensure_running()
    store(url, 2)
    assert stored(url) == [1, 2]


async def test_killed_children_are_recovered_from(server: EmbeddedPostgres, folder: Path) -> None:
    url = await server.ensure_running()
    store(url, 1)
    with psycopg.connect(url, autocommit=True):
        kill(*children_of(server_pid(folder)))
    url = await server.ensure_running()
    store(url, 2)
    assert stored(url) == [1, 2]


async def test_everything_killed_at_once_is_recovered_from(server: EmbeddedPostgres, folder: Path) -> None:
    with user_of(folder) as user:
        store(user.url, 1)
        pid = server_pid(folder)
        kill(pid, *children_of(pid), user.pid)
        url = await server.ensure_running()
        assert stored(url) == [1]


async def test_the_server_ends_with_a_killed_starter(folder: Path) -> None:
    with user_of(folder) as user:
        user.kill()
        assert eventually(lambda: not has_server(folder))


async def test_a_killed_starter_leaves_a_folder_that_the_next_one_can_use_at_once(
    server: EmbeddedPostgres, folder: Path
) -> None:
    with user_of(folder) as user:
        store(user.url, 1)
        user.kill()
        assert stored(await server.ensure_running()) == [1]


async def test_a_server_that_dies_while_it_is_watched_is_started_again(server: EmbeddedPostgres, folder: Path) -> None:
    url = await server.ensure_running()
    store(url, 1)
    watching = asyncio.create_task(server.watch())
    kill(server_pid(folder))
    assert await asyncio.to_thread(eventually, lambda: can_store(url, 2))
    assert stored(url) == [1, 2]
    await server.release()
    await watching


async def test_processes_share_one_server_and_the_last_to_leave_stops_it(
    server: EmbeddedPostgres, folder: Path
) -> None:
    url = await server.ensure_running()
    pid = server_pid(folder)
    with user_of(folder) as user:
        assert (user.url, server_pid(folder)) == (url, pid)
        user.leave()
    assert server_pid(folder) == pid
    await server.release()
    assert not has_server(folder)


async def test_a_server_goes_on_when_its_starter_leaves_before_others(folder: Path, server: EmbeddedPostgres) -> None:
    url = await server.ensure_running()
    with user_of(folder) as user:
        await server.release()
        store(user.url, 1)
        assert stored(url) == [1]
        user.leave()
    assert not has_server(folder)


async def test_another_user_starts_the_server_again_when_its_starter_is_killed(
    folder: Path, server: EmbeddedPostgres
) -> None:
    with user_of(folder) as starter:
        url = await server.ensure_running()
        store(url, 1)
        pid = server_pid(folder)
        watching = asyncio.create_task(server.watch())
        starter.kill()
        assert await asyncio.to_thread(eventually, lambda: has_other_server(folder, than=pid))
        assert await asyncio.to_thread(eventually, lambda: can_store(url, 2))
        assert stored(url) == [1, 2]
        await server.release()
        await watching


async def test_processes_that_come_at_once_find_one_server(folder: Path) -> None:
    servers = [EmbeddedPostgres(folder, clock=SystemClock()) for _ in range(4)]
    urls = await asyncio.gather(*(each.ensure_running() for each in servers))
    assert len(set(urls)) == 1
    for each in servers[:-1]:
        await each.release()
    assert can_store(urls[0], 1)
    await servers[-1].release()
    assert not has_server(folder)


async def test_a_start_that_is_cancelled_can_be_made_again(server: EmbeddedPostgres, folder: Path) -> None:
    for seconds in (0.05, 0.2, 0.4):
        starting = asyncio.create_task(server.ensure_running())
        await asyncio.sleep(seconds)
        starting.cancel()
        await asyncio.wait([starting])
    assert can_store(await server.ensure_running(), 1)


async def test_a_cluster_that_was_being_made_when_everything_died_is_made_anew(
    server: EmbeddedPostgres, folder: Path
) -> None:
    (folder / "cluster.unfinished" / "base").mkdir(parents=True)
    (folder / "cluster.unfinished" / "PG_VERSION").write_text("18\n")
    assert can_store(await server.ensure_running(), 1)


async def test_what_a_killed_server_left_does_not_hinder_a_start_although_its_number_lives_on(
    server: EmbeddedPostgres, folder: Path
) -> None:
    store(await server.ensure_running(), 1)
    await server.release()
    left = f"{os.getpid()}\n{folder}/cluster\n1\n5432\n{folder}/sockets\n\n1 1\nready\n"
    (folder / "cluster" / "postmaster.pid").write_text(left)
    (folder / "sockets" / ".s.PGSQL.5432.lock").write_text(left)
    assert stored(await server.ensure_running()) == [1]


async def test_a_path_too_long_for_a_socket_is_served_on_a_port_with_a_password(folder: Path) -> None:
    deep = folder.parent / ("long" * 20) / ("name" * 10)
    server = EmbeddedPostgres(deep, clock=SystemClock())
    url = await server.ensure_running()
    store(url, 1)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, password="wrong", connect_timeout=5)  # noqa: S106  # a wrong one
    kill(server_pid(deep))
    assert await server.ensure_running() == url
    assert stored(url) == [1]
    await server.release()


async def test_a_server_that_somebody_else_runs_on_the_folder_is_not_touched(
    server: EmbeddedPostgres, folder: Path
) -> None:
    await server.ensure_running()
    await server.release()
    folder.parent.chmod(0o711)
    with server_by_hand(folder) as pid:
        with pytest.raises(TextNLPError, match=str(pid)) as caught:
            await server.ensure_running()
        assert caught.value.kind is ErrorKind.CONFLICT


async def test_a_server_that_will_not_start_is_quoted(server: EmbeddedPostgres, folder: Path) -> None:
    await server.ensure_running()
    await server.release()
    (folder / "cluster" / "global" / "pg_control").unlink()
    with pytest.raises(TextNLPError, match="could not find the database system") as caught:
        await server.ensure_running()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert str(server.log_path) in caught.value.full_text


async def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    folder.parent.joinpath("file").write_text("in the way")
    server = EmbeddedPostgres(folder.parent / "file" / "postgres", clock=SystemClock())
    with pytest.raises(TextNLPError, match="file/postgres") as caught:
        await server.ensure_running()
    assert "TEXTNLP_DATA_DIR" in caught.value.full_text


async def test_a_full_disk_is_said_to_be_full(folder: Path) -> None:
    server = EmbeddedPostgres(folder, clock=SystemClock())
    with small_disk(folder), pytest.raises(TextNLPError, match="could not be made") as caught:
        await server.ensure_running()
    assert "Free space" in caught.value.full_text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
async def test_a_home_that_only_root_can_enter_holds_data_and_programs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, opened = folder.parent / "home", folder.parent / "opened"
    for each, mode in ((home, 0o700), (opened, 0o755), (folder.parent, 0o755)):
        each.mkdir(exist_ok=True)
        each.chmod(mode)
    install_wheel_in(home / "site")
    monkeypatch.setattr("sys.path", [str(home / "site"), *sys.path])
    monkeypatch.setattr("textnlp.adapters.database.postgres_binaries._COPY_PARENTS", (opened,))
    server = EmbeddedPostgres(home / "data" / "postgres", clock=SystemClock())
    store(await server.ensure_running(), 1)
    kill(server_pid(home / "data" / "postgres"))
    url = await server.ensure_running()
    assert stored(url) == [1]
    assert program_of(server_pid(home / "data" / "postgres")).is_relative_to(opened)
    await server.release()
    assert (home.stat().st_mode & 0o777, (home / "data" / "postgres" / "cluster").exists()) == (0o700, True)
