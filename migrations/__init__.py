"""Alembic migrations; run by `oproep` itself on SQLite and PostgreSQL."""
