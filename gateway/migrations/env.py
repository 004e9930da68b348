"""What Alembic runs to migrate: on the connection, and in the transaction, that `gateway.database.migrate` opened."""

from alembic import context

from gateway.database.migrate import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
context.run_migrations()
