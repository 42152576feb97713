from textnlp.adapters.database.pool import PostgresDatabase


async def test_a_connection_looks_into_the_platforms_schema_and_speaks_utc(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        found = await (await connection.execute("select current_schema(), current_setting('timezone')")).fetchone()
    assert found == ("textnlp", "UTC")
