"""How Alembic runs here: on the connection `migrations.run` hands it."""

from alembic import context

from workflows.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    # On PostgreSQL a lock keeps a second process out; on SQLite the one transaction does, from reading the revision on.
    transaction_per_migration=connection.dialect.name != "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
