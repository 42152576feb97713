"""PostgreSQL as Azure has it for Entra ID: a role that comes in by a token alone, in clear text, over TLS.

PostgreSQL itself cannot look into a token; it takes the one that it was told of last.
"""

import contextlib
from collections.abc import AsyncGenerator, Generator, Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.doubles.certificates import Certificates
from tests.doubles.tls_front import running_tls_front


@contextlib.contextmanager
def role_with_password(url: str, role: str) -> Generator[None]:
    """Have a role that comes in by password alone, and may be a tenant; all others come in as before.

    `url` is a database of the server as its superuser; the server has the role `textnlp_tenant`.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        (path,) = connection.execute("select current_setting('hba_file')").fetchone() or ("",)
        (rules,) = connection.execute("select pg_read_file(%s)", (path,)).fetchone() or ("",)
        own = [f'local all "{role}" password', f'host all "{role}" 127.0.0.1/32 password']
        _write(connection, path, [*own, *rules.splitlines()])
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        connection.execute(sql.SQL("grant textnlp_tenant to {}").format(sql.Identifier(role)))
        yield
        _write(connection, path, rules.splitlines())


def take_only(url: str, role: str, token: str) -> None:
    """Let the role in with this token, and no longer with another."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), token))


@contextlib.asynccontextmanager
async def running_postgres_front(
    url: str, role: str, certificates: Certificates, *, port: int = 0
) -> AsyncGenerator[str]:
    """Let the role create in the database at `url`, and yield the address at which it is reached over TLS."""
    place = conninfo_to_dict(url)
    host, name = str(place["host"]), str(place["dbname"])
    with psycopg.connect(url, autocommit=True) as connection:
        grant = sql.SQL("grant create, connect on database {} to {}")
        connection.execute(grant.format(sql.Identifier(name), sql.Identifier(role)))
    target = Path(host, ".s.PGSQL.5432") if host.startswith("/") else (host, int(place["port"] or 0))
    async with running_tls_front(certificates, target, is_postgres=True, port=port) as taken:
        yield f"postgresql://{role}@localhost:{taken}/{name}?sslrootcert={certificates.authority}"


def _write(connection: psycopg.Connection, path: str, lines: Sequence[str]) -> None:
    rules = sql.SQL(", ").join(line for line in lines if line and "\\" not in line)
    connection.execute(sql.SQL("copy (select unnest(array[{}])) to {}").format(rules, path))
    connection.execute("select pg_reload_conf()")
