"""How Alembic reaches the database: `migrate.py` hands it a connection, or asks for the SQL alone."""

from alembic import context

_SCHEMA = "textnlp"

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", version_table_schema=_SCHEMA)
    with context.begin_transaction():
        context.run_migrations()
else:
    context.configure(connection=context.config.attributes["connection"], version_table_schema=_SCHEMA)
    with context.begin_transaction():
        context.run_migrations()
