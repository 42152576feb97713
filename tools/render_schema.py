"""Write the SQL that an empty database is set up with, from the migrations: run it after adding one."""

from textnlp.adapters.database.alembic_runner import render_head
from textnlp.adapters.database.migrate import HEAD_SQL

HEAD_SQL.write_text(render_head(), encoding="utf-8")
print(f"Wrote {HEAD_SQL}")
