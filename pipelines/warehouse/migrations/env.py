"""Alembic's entry: it works on the connection that pipelines.warehouse.migrate hands over, in that transaction."""

from alembic import context

from pipelines.warehouse.migrate import context_options

context.configure(connection=context.config.attributes["connection"], **context_options())  # type: ignore[arg-type]
with context.begin_transaction():
    context.run_migrations()
