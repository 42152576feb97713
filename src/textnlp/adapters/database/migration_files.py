"""Where the migrations are."""

from pathlib import Path

MIGRATIONS = Path(__file__).with_name("migrations")
"""Alembic's folder: how to connect, and a file a revision."""
