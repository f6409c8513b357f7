"""Run the steps on the connection that :mod:`webmap.store.engine` hands over."""

from __future__ import annotations

from alembic import context

from webmap.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
