"""What Alembic runs to migrate: on the connection, and in the transaction, that `gateway.migrations.migrate` opened."""

from alembic import context

from gateway.migrations.migrate import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
context.run_migrations()
