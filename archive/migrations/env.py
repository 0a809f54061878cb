"""Alembic's entrance: run the migrations on the connection that :mod:`archive.database` hands over."""

from alembic import context

from archive.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
